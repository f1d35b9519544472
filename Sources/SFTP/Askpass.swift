import Files
import Glibc
import Stage
import SystemPackage

/// The other role of an executable that uses this library: ssh runs it to ask for a password or passphrase.
public enum Askpass {
  /// The variables that lead to the secrets. One of them being set makes the role.
  static let password = "SFTP_ASKPASS_PASSWORD"
  static let passphrase = "SFTP_ASKPASS_PASSPHRASE"

  /// Answers a question of ssh's, where this process was started for that.
  /// - Parameter arguments: those of the process, its name first; ssh gives the question.
  /// - Returns: the exit status; nil where the process was started for its own work.
  public static func answer(_ arguments: [String]) -> Int32? {
    let files = [password, passphrase].map(Environment.value)
    guard files.contains(where: { $0 != nil }) else { return nil }
    let question = arguments.dropFirst().first ?? ""
    // `Enter passphrase for key '…': ` opens a key; `Enter PIN for …` a token, for which there is no answer.
    let asksForKey = question.hasPrefix("Enter passphrase for")
    guard !question.hasPrefix("Enter PIN"), Environment.value("SSH_ASKPASS_PROMPT") == nil,
      let file = files[asksForKey ? 1 : 0], let secret = try? FileContents.read(file, limit: 64 << 10),
      (try? FileDescriptor.standardOutput.writeAll(secret + [0x0A])) != nil
    else { return 1 }
    return 0
  }
}
