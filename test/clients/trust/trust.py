# Says of each host name whether Python trusts the server on a port by a CA, as strictly as Python can.
import socket
import ssl
import sys

ca, port, *names = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT
for name in names:
    try:
        with socket.create_connection(("127.0.0.1", int(port))) as plain:
            with context.wrap_socket(plain, server_hostname=name):
                print("trusts", name)
    except ssl.SSLError as error:
        print("refuses", name, error)
