"""Cyrus IMAP's CardDAV server."""

import imaplib

from debian import Peer, as_user, own

from twinbook.testing.processes import HOST

PROGRAMS = "/usr/lib/cyrus/bin"
IMAPD = """\
configdirectory: {place}/config
partition-default: {place}/spool
defaultpartition: default
proc_path: {place}/proc
mboxname_lockpath: {place}/lock
temp_path: {place}/tmp
admins: cyrus
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: yes
httpmodules: carddav
unixhierarchysep: no
lmtpsocket: {place}/socket/lmtp
idlesocket: {place}/socket/idle
notifysocket: {place}/socket/notify
"""
MASTER = """\
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {place}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {place}/imapd.conf" listen="{host}:{imap}" prefork=0
  http cmd="{programs}/httpd -C {place}/imapd.conf" listen="{host}:{http}" prefork=1
}}
EVENTS {{
}}
"""


class Cyrus(Peer):
    """Every password is right: who signs in is no matter here."""

    name = "Cyrus"
    packages = ("cyrus-imapd", "cyrus-caldav")
    home = "/dav/addressbooks/user/alice/"

    def prepare(self):
        imap = self.new_port()
        folders = ("config", "spool", "proc", "lock", "tmp", "socket")
        own("cyrus", self.place, *(self.place / name for name in folders))
        self.write("imapd.conf", IMAPD.format(place=self.place))
        ports = {"imap": imap.number, "http": self.port.number, "host": HOST}
        text = MASTER.format(place=self.place, programs=PROGRAMS, **ports)
        master = self.write("cyrus.conf", text)
        files = ("-C", self.place / "imapd.conf", "-M", master, "-p", self.place / "pid")
        self.run("Cyrus", [*as_user("cyrus", "mail"), f"{PROGRAMS}/master", "-D", *files])
        with imaplib.IMAP4(HOST, imap.number) as box:
            box.login("cyrus", "any")
            box.create("user.alice")
            box.setacl("user.alice", "alice", "lrswipkxtecdan")
