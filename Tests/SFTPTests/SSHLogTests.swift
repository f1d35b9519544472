import Testing

@testable import SFTP

@Suite struct SSHLogTests {
  let log = SSHLog(
    """
    OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.0\r
    debug1: Server host key: ssh-rsa SHA256:jump\r
    Authenticated to jump ([192.0.2.1]:22) using "publickey".\r
    debug1: Server host key: ssh-ed25519 SHA256:server\r
    Offending ED25519 key in /home/a b/known: hosts:7\r
    debug1: Authentications that can continue: publickey\r
    Load key "/k": Permission denied\r
    debug1: Authentications that can continue: publickey,password\r
    \r
    alma@library: Permission denied (publickey,password).\r
    Transferred: sent 1, received 2 bytes, in 0.1 seconds
    Bytes per second: sent 10.0, received 20.0
    """)

  @Test func `messages are the lines that report a problem`() {
    #expect(
      log.messages == [
        "Offending ED25519 key in /home/a b/known: hosts:7", "Load key \"/k\": Permission denied",
        "alma@library: Permission denied (publickey,password).",
      ])
    #expect(log.contains("Permission denied (") && !log.contains("OpenSSH"))
  }

  @Test func `debug lines have the server's key and the login methods, the last of each`() throws {
    let key = try #require(log.serverKey)
    #expect(key.type == "ssh-ed25519" && key.fingerprint == "SHA256:server")
    #expect(log.methods == "publickey,password" && log.keyProblem == "Load key \"/k\": Permission denied")
  }

  @Test func `the place of a known key is a file and a line`() throws {
    let key = try #require(log.offendingKey)
    #expect(key.file == "/home/a b/known: hosts" && key.line == 7)
  }

  @Test(arguments: ["", "Offending key", "Offending ED25519 key in 7", "debug1: Server host key: SHA256:x", "\r\n\n"])
  func `a log without them has none`(text: String) {
    let log = SSHLog(text)
    #expect(log.offendingKey == nil && log.methods == nil && log.keyProblem == nil)
    #expect(log.serverKey.map { $0.fingerprint != "" } ?? true)
  }

  @Test(arguments: [
    ("ssh-ed25519", "ed25519"), ("ecdsa-sha2-nistp256", "ecdsa"), ("rsa-sha2-512", "rsa"), ("ssh-rsa", "rsa"),
    ("other", "other"),
  ])
  func `ssh-keyscan has short names for key types`(type: String, name: String) {
    #expect(SSHLog.shortName(type) == name)
  }
}
