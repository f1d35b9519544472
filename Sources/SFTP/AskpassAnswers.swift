import Glibc
import StageSupport
import Subprocess
import SystemPackage

/// The secrets that ssh may ask for: in memory, where `Askpass` of our own executable finds them.
struct AskpassAnswers: ~Copyable {
  private let files: [FileDescriptor]
  /// The environment of ssh: without secrets, and with what leads to them.
  let environment: Subprocess.Environment

  init(_ command: SSHCommand) throws {
    var files: [FileDescriptor] = []
    // Messages in English, so that they can be understood; no secrets, which ssh has no business with.
    var variables: [Subprocess.Environment.Key: String?] = ["LC_ALL": "C"]
    for variable in Secret.variables { variables[.init(stringLiteral: variable)] = .some(nil) }
    for (secret, variable) in [(command.password, Askpass.password), (command.passphrase, Askpass.passphrase)] {
      variables[.init(stringLiteral: variable)] = .some(nil)
      guard let secret else { continue }
      let file = try FileDescriptor.memory("secret")
      files.append(file)
      _ = try file.writeAll(secret.value.utf8)
      // Nobody but this user can open it.
      variables[.init(stringLiteral: variable)] = "/proc/\(getpid())/fd/\(file.rawValue)"
    }
    if command.answersQuestions {
      variables["SSH_ASKPASS"] = "/proc/\(getpid())/exe"
      variables["SSH_ASKPASS_REQUIRE"] = "force"
    }
    self.files = files
    environment = .inherit.updating(variables)
  }

  deinit { for file in files { try? file.close() } }
}
