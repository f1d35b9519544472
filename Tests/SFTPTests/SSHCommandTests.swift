import Stage
import Testing

@testable import SFTP

@Suite struct SSHCommandTests {
  @Test(arguments: ["-oProxyCommand=x", "", "a b", "a;b", "$(x)", "a`b`", "a\u{7}", "a|b", "a\\"])
  func `a host or user that could be an option or a command is refused`(text: String) {
    #expect(SSHDestination(user: nil, host: text, port: nil) == nil)
    #expect(SSHDestination(user: text, host: "library", port: nil) == nil)
  }

  @Test(arguments: [0, 65_536, -1])
  func `a port has its range`(port: Int) {
    #expect(SSHDestination(user: nil, host: "library", port: port) == nil)
  }

  @Test func `host keys are always checked, and the destination comes last`() throws {
    var command = SSHCommand(try #require(SSHDestination(user: "alma", host: "::1", port: 2222)))
    command.login.knownHosts = "/a b/100%"
    command.login.identity = "/k"
    command.login.configuration = "/c"
    let words = command.words
    #expect(words.first == "ssh")
    #expect(words.suffix(4) == ["-s", "--", "alma@::1", "sftp"])
    for option in [
      "StrictHostKeyChecking=yes", "BatchMode=yes", "UserKnownHostsFile=\"/a b/100%%\"", "GlobalKnownHostsFile=none",
      "IdentityFile=\"/k\"", "IdentitiesOnly=yes", "ConnectTimeout=30",
    ] {
      #expect(words.contains(option), "\(option)")
    }
    command.login.password = Secret("x")
    #expect(command.words.contains("BatchMode=no") && !command.words.contains { $0.contains("x") && $0.count == 1 })
  }

  @Test func `a command in place of ssh finds its arguments`() throws {
    var command = SSHCommand(try #require(SSHDestination(user: nil, host: "library", port: nil)))
    command.login.replacement = "my-ssh \"$@\""
    #expect(command.words.prefix(4) == ["/bin/sh", "-c", "my-ssh \"$@\"", "ssh"])
    #expect(command.words.suffix(2) == ["library", "sftp"])
  }
}
