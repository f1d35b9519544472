import Glibc
import Stage
import Subprocess
import SystemPackage

/// The secrets that ssh may ask for: in memory, where `Askpass` of our own executable finds them.
struct AskpassAnswers: ~Copyable {
  private let files: [FileDescriptor]
  /// The environment of ssh: without secrets, and with what leads to them.
  let environment: Subprocess.Environment

  init(_ command: SSHCommand) throws {
    var files: [FileDescriptor] = []
    // Messages in English, so that they can be understood.
    var variables: [Subprocess.Environment.Key: String?] = ["LC_ALL": "C"]
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
    environment = Self.inherited.updating(variables)
  }

  /// The environment for children of ours: without the secrets of any stage, since a run may give all of them to each.
  static let inherited = Subprocess.Environment.inherit.updating(
    Dictionary(uniqueKeysWithValues: Secret.variables.map { (.init(stringLiteral: $0), nil) }))

  deinit { for file in files { try? file.close() } }
}
