import Files
import Glibc
import Stage
import SystemPackage

/// The SSH_ASKPASS program. ssh(1) runs this executable again to ask for a password or a passphrase.
package enum Askpass {
  /// The variables with the path of the file of each secret. If one of them is set, ssh has started this process.
  fileprivate static let password = "SFTP_ASKPASS_PASSWORD"
  fileprivate static let passphrase = "SFTP_ASKPASS_PASSPHRASE"

  /// Answers a question of ssh: prints the secret that it asks for.
  /// - Parameter arguments: those of the process; the second is the question.
  /// - Returns: the exit status; nil if this process was not started by ssh.
  package static func answer(_ arguments: [String]) -> Int32? {
    let files = [password, passphrase].map(Environment.value)
    guard files.contains(where: { $0 != nil }) else { return nil }
    let question = arguments.dropFirst().first ?? ""
    // `Enter passphrase for key '…': ` is about a private key. `Enter PIN for …` is about a token; there is no answer
    // to it.
    let asksForKey = question.hasPrefix("Enter passphrase for")
    guard !question.hasPrefix("Enter PIN"), Environment.value("SSH_ASKPASS_PROMPT") == nil,
      let file = files[asksForKey ? 1 : 0], let secret = try? FileContents.read(file, limit: 64 << 10),
      (try? FileDescriptor.standardOutput.writeAll(secret + [0x0A])) != nil
    else { return 1 }
    return 0
  }
}

/// The secrets that ssh may ask for, in memory files that `Askpass` can read during the lifetime of this value.
struct AskpassAnswers: ~Copyable {
  private var files: [FileDescriptor] = []
  /// The variables that ssh needs, and those with the paths of the secrets.
  ///
  /// Messages are in English, because `SSHDiagnosis` reads them.
  private(set) var variables = ["LC_ALL": "C"]

  init(_ command: SSHCommand) throws {
    let login = command.login
    for (secret, variable) in [(login.password, Askpass.password), (login.passphrase, Askpass.passphrase)] {
      guard let secret else { continue }
      let file = try FileDescriptor.memory(Array(secret.value.utf8))
      files.append(file)
      // Only this user can open it.
      variables[variable] = "/proc/\(getpid())/fd/\(file.rawValue)"
    }
    if command.answersQuestions {
      variables["SSH_ASKPASS"] = "/proc/\(getpid())/exe"
      variables["SSH_ASKPASS_REQUIRE"] = "force"
    }
  }

  deinit { for file in files { try? file.close() } }
}
