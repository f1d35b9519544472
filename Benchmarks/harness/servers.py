"""Real servers on loopback, each on a free port and with keys of its own, for as long as they are needed."""

import contextlib
import getpass
import os
import socket
import subprocess
import time

NGINX = """
{user}
pid {directory}/nginx.pid; error_log {directory}/error.log; worker_processes 1; daemon off;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; default_type application/json;
  client_body_temp_path {directory}/b; proxy_temp_path {directory}/p; fastcgi_temp_path {directory}/f;
  uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
  server {{
    listen 127.0.0.1:{port} ssl; server_name localhost; root {directory}/www;
    ssl_certificate {directory}/server.crt; ssl_certificate_key {directory}/server.key;
    location = /token {{ return 200 '{{"access_token":"bench","token_type":"Bearer","expires_in":3600}}'; }}
    location /people/ {{
      if ($http_authorization != "Bearer bench") {{ return 401; }}
      try_files /people.json =404;
    }}
  }}
}}
"""

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {directory}/host
PidFile {directory}/sshd.pid
AuthorizedKeysFile {directory}/login.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quietly(*command):
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)


@contextlib.contextmanager
def running(command, port, log):
    """Runs a server: enters when it accepts connections, and ends it at the end."""
    with open(log, "ab") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        wait_until_accepting(process, port, log)
        yield
    finally:
        process.terminate()
        process.wait()


def wait_until_accepting(process, port, log):
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise SystemExit(f"bench: {process.args[0]} does not start; {log} says why")


def make_certificate(directory):
    """An authority and a certificate for localhost."""
    authority = ("-subj", "/CN=bench authority", "-addext", "basicConstraints=critical,CA:TRUE")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    quietly(
        "openssl", "req", "-x509", *ec, "-days", "2", *authority,
        "-keyout", f"{directory}/ca.key", "-out", f"{directory}/ca.crt",
    )
    quietly("openssl", "req", *ec, *names, "-keyout", f"{directory}/server.key", "-out", f"{directory}/server.csr")
    quietly(
        "openssl", "x509", "-req", "-in", f"{directory}/server.csr", "-CA", f"{directory}/ca.crt", "-CAkey", f"{directory}/ca.key",
        "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", f"{directory}/server.crt",
    )


@contextlib.contextmanager
def https(directory, response):
    """An API store that answers every feed with `response`."""
    os.makedirs(f"{directory}/www")
    os.symlink(os.path.abspath(response), f"{directory}/www/people.json")
    make_certificate(directory)
    port = free_port()
    with open(f"{directory}/nginx.conf", "w") as configuration:
        configuration.write(NGINX.format(directory=directory, port=port, user="user root;" if os.geteuid() == 0 else ""))
    command = ["/usr/sbin/nginx", "-p", directory, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"]
    with running(command, port, f"{directory}/error.log"):
        yield {"https_port": port, "ca": f"{directory}/ca.crt"}


@contextlib.contextmanager
def sftp(directory):
    """An SFTP server that lets this user in with a key."""
    os.makedirs(directory)
    for name in ("host", "login"):
        quietly("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{directory}/{name}")
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)  # sshd does not start without it
    port = free_port()
    with open(f"{directory}/sshd_config", "w") as configuration:
        configuration.write(SSHD.format(directory=directory, port=port))
    with open(f"{directory}/host.pub") as key, open(f"{directory}/known_hosts", "w") as known:
        known.write(f"[127.0.0.1]:{port} {' '.join(key.read().split()[:2])}\n")
    command = ["/usr/sbin/sshd", "-D", "-f", f"{directory}/sshd_config", "-E", f"{directory}/log"]
    with running(command, port, f"{directory}/log"):
        yield {
            "sftp_port": port, "user": getpass.getuser(), "identity": f"{directory}/login",
            "known_hosts": f"{directory}/known_hosts",
        }
