import Files
import Subprocess

/// A key in a file of known hosts.
enum KnownKey {
  /// The type and fingerprint of the key in a line, as ssh-keygen tells them; nil where that cannot be found out.
  static func fingerprint(file: String, line: Int) -> String? {
    guard let bytes = try? FileContents.read(file) else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1) else { return nil }
    let entry = String(decoding: lines[line - 1], as: UTF8.self) + "\n"
    let asked = Awaited {
      try await Subprocess.run(
        .name("ssh-keygen"), arguments: ["-l", "-f", "-"], environment: AskpassAnswers.inherited,
        input: .string(entry), output: .string(limit: 4096), error: .discarded
      ).standardOutput
    }
    // `256 SHA256:… comment (ED25519)`
    guard case .success(let text) = asked.result(within: 10) else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let print = words.first(where: { $0.hasPrefix("SHA256:") }) else { return nil }
    return "\(words.last.map { $0.filter { $0 != "(" && $0 != ")" } } ?? "") \(print)"
  }
}
