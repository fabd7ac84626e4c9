from tests.servers import imap_server, lone_smtp, smtp_server

__all__ = ["imap_server", "lone_smtp", "smtp_server"]
