"""The top floor: settings, addresses, the server's entry, the command line. Knows everybody, is known by nobody."""
