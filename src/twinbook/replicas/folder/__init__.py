"""A folder of .vcf files, one card a file, as khard and vdirsyncer keep them."""

from twinbook.replicas.folder.replica import FolderReplica

__all__ = ["FolderReplica"]
