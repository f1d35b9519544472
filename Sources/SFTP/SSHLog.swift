import Encodings

/// The standard error of ssh: messages, and debug lines between them.
struct SSHLog {
  /// The messages, without those that report no problem.
  let messages: [String]
  private let debug: [String]

  init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimming { $0.value <= 0x20 } }
    messages = lines.filter { !$0.hasPrefix("debug") && !$0.isEmpty && !Self.isNoise($0) }
    debug = lines.filter { $0.hasPrefix("debug") }
  }

  /// A line that `LogLevel=DEBUG1` adds and that reports no problem.
  private static func isNoise(_ line: String) -> Bool {
    let beginnings = [
      "OpenSSH_", "Authenticated to ", "Authenticated using ", "Warning: Permanently added", "Transferred: ",
      "Bytes per second: ",
    ]
    return beginnings.contains { line.hasPrefix($0) }
  }

  func contains(_ text: String) -> Bool { messages.contains { $0.contains(text) } }

  /// The last host key in the log. With jump hosts, the earlier ones are theirs.
  var serverKey: (type: String, fingerprint: String)? {
    guard let line = debug.last(where: { $0.contains("Server host key: ") || $0.contains("Server host certificate: ") })
    else { return nil }
    let words = line.split(separator: " ")
    guard let index = words.firstIndex(where: { $0.hasPrefix("SHA256:") }), index > 0 else { return nil }
    return (String(words[index - 1]), String(words[index]))
  }

  /// The place of the known key that differs from the server's: `Offending ED25519 key in /path:3`.
  var offendingKey: (file: String, line: Int)? {
    guard let line = messages.first(where: { $0.hasPrefix("Offending ") }),
      let start = line.firstRange(of: " key in ")?.upperBound, let colon = line.lastIndex(of: ":"), start < colon,
      let number = Int(line[line.index(after: colon)...])
    else { return nil }
    return (String(line[start..<colon]), number)
  }

  /// The login methods that the server has offered last, separated by commas.
  var methods: String? {
    let label = "Authentications that can continue: "
    guard let line = debug.last(where: { $0.contains(label) }), let range = line.firstRange(of: label) else {
      return nil
    }
    return String(line[range.upperBound...])
  }

  /// Why a private key could not be used.
  var keyProblem: String? {
    messages.first { $0.hasPrefix("Load key ") || $0.contains("are too open") || $0.contains("not accessible") }
  }

  /// The name of a key type for ssh-keyscan(1): `ed25519` for `ssh-ed25519`.
  static func shortName(_ type: String) -> String {
    if type.hasPrefix("ecdsa") { return "ecdsa" }
    if type.contains("rsa") { return "rsa" }
    return type.hasPrefix("ssh-") ? String(type.dropFirst(4)) : type
  }
}
