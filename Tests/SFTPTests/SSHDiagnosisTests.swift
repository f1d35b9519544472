import StageErrors
import TestSupport
import Testing

@testable import SFTP

@Suite struct SSHDiagnosisTests {
  let command = SSHCommand(SSHDestination(user: "alma", host: "library", port: 2222)!)

  func diagnosis(_ text: String) -> SSHDiagnosis {
    SSHDiagnosis(text, command) { log in log.offendingKey.map { "ED25519 SHA256:old of line \($0.line)" } }
  }

  @Test(arguments: [
    ("ssh: connect to host library port 2222: Connection refused", StageErrors.ExitStatus.temporary),
    ("ssh: connect to host library port 2222: Connection timed out", .temporary),
    ("ssh: connect to host library port 2222: No route to host", .temporary),
    ("ssh: connect to host library port 2222: Network is unreachable", .temporary),
    ("ssh: Could not resolve hostname library: Name or service not known", .temporary),
    ("kex_exchange_identification: read: Connection reset by peer", .temporary),
    ("kex_exchange_identification: Connection closed by remote host", .temporary),
    ("Timeout, server library not responding.", .temporary),
    ("client_loop: send disconnect: Broken pipe", .temporary),
    ("something that nobody has seen before", .temporary),
    ("Host key verification failed.", .accessDenied),
    ("alma@library: Permission denied (publickey,password).", .accessDenied),
    ("Received disconnect from 127.0.0.1 port 2222:2: Too many authentication failures", .accessDenied),
    (
      "Unable to negotiate with 127.0.0.1 port 2222: no matching host key type found. Their offer: ssh-rsa",
      .protocolViolation
    ),
    ("subsystem request failed on channel 0", .refused),
    ("", .refused),
    ("config: line 1: Bad configuration option: foo\nconfig: terminating, 1 bad configuration options", .configuration),
    ("Bad owner or permissions on /root/.ssh/config", .configuration),
  ])
  func `each message of ssh has a status`(text: String, status: StageErrors.ExitStatus) {
    #expect(diagnosis(text + "\r\n").exitStatus == status)
  }

  @Test func `an ssh that was ended by a signal is a temporary failure, whatever its messages`() {
    for text in ["", "debug1: Connecting", "a banner of the server"] {
      let diagnosis = SSHDiagnosis(text, command, signal: 9) { _ in nil }
      #expect(diagnosis.exitStatus == .temporary && diagnosis.message.contains("signal 9"))
    }
    let refused = SSHDiagnosis("alma@library: Permission denied (publickey).", command, signal: 13) { _ in nil }
    #expect(refused.exitStatus == .accessDenied)
  }

  @Test func `a refused login names the login methods that the server accepts, and what is wrong with the key`() {
    let text = """
      OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.0\r
      debug1: Authentications that can continue: publickey\r
      Load key "k": error in libcrypto\r
      debug1: Authentications that can continue: publickey,password\r
      alma@library: Permission denied (publickey,password).\r
      """
    #expect(
      diagnosis(text).message
        == "login refused: alma@library: Permission denied (publickey,password).; the server accepts: publickey,password; Load key \"k\": error in libcrypto"
    )
  }

  @Test func `an unknown key is reported with its fingerprint`() {
    let text = """
      debug1: Server host key: ssh-ed25519 SHA256:abc
      No ED25519 host key is known for [library]:2222 and you have requested strict checking.
      Host key verification failed.
      """
    #expect(
      diagnosis(text).message
        == "the host key is not known: the server shows ssh-ed25519 SHA256:abc; if its administrator confirms that: ssh-keyscan -t ed25519 -p 2222 library >> ~/.ssh/known_hosts"
    )
  }

  @Test func `a key that has changed is reported with both fingerprints`() {
    let text = """
      debug1: Server host key: ecdsa-sha2-nistp256 SHA256:new
      @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
      Offending ED25519 key in /home/a b/known:7
        remove with:
      Host key verification failed.
      """
    let message = diagnosis(text).message
    #expect(message.contains("ED25519 SHA256:old of line 7 (/home/a b/known line 7)"))
    #expect(message.contains("ecdsa-sha2-nistp256 SHA256:new") && message.contains("-t ecdsa "))
  }

  @Test func `the fingerprint of a known key is that of ssh-keygen`() throws {
    let directory = try TemporaryDirectory()
    let keygen = Executable(program: "/usr/bin/ssh-keygen")
    let made = try keygen.run(["-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", directory.path("key")])
    #expect(made.status == 0)
    let key = String(decoding: try directory.read("key.pub"), as: UTF8.self)
    let known = try directory.write("known", "# a comment\n[library]:2222,192.0.2.1 \(key)@revoked * none\n")
    let expected = try keygen.run(["-l", "-f", directory.path("key.pub")]).text.split(separator: " ")
    #expect(SSHDiagnosis.fingerprint(file: known, line: 2) == "ED25519 \(expected[1])")
    for line in [0, 1, 3, 9, -1] { #expect(SSHDiagnosis.fingerprint(file: known, line: line) == nil) }
    #expect(SSHDiagnosis.fingerprint(file: directory.path("none"), line: 1) == nil)
  }
}
