"""The one place where everything is put together.

`house` is the open installation, `opening` begins or opens one, `keeping` backs it up.
"""

from twinbook.wiring.generations import count_generation, enter_restore_mode
from twinbook.wiring.house import House, SystemClock
from twinbook.wiring.keeping import ailments, back_up, is_inhabited, put_back
from twinbook.wiring.opening import found_house, open_house

__all__ = [
    "House",
    "SystemClock",
    "ailments",
    "back_up",
    "count_generation",
    "enter_restore_mode",
    "found_house",
    "is_inhabited",
    "open_house",
    "put_back",
]
