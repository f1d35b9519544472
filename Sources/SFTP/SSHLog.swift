/// What ssh has written to its standard error: messages, and debug lines in between.
struct SSHLog {
  /// The lines for people.
  let messages: [String]
  private let debug: [String]

  init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
    messages = lines.filter { !$0.hasPrefix("debug") && !$0.isEmpty && !Self.isNoise($0) }
    debug = lines.filter { $0.hasPrefix("debug") }
  }

  /// What comes with debug lines and tells of no trouble: the version's banner, and how many bytes went through.
  private static func isNoise(_ line: String) -> Bool {
    let beginnings = [
      "OpenSSH_", "Authenticated to ", "Authenticated using ", "Warning: Permanently added", "Transferred: ",
      "Bytes per second: ",
    ]
    return beginnings.contains { line.hasPrefix($0) }
  }

  func contains(_ text: String) -> Bool { messages.contains { $0.contains(text) } }

  /// The key that the server has shown last: behind jump hosts, the one that counts.
  var serverKey: (type: String, fingerprint: String)? {
    guard let line = debug.last(where: { $0.contains("Server host key: ") || $0.contains("Server host certificate: ") })
    else { return nil }
    let words = line.split(separator: " ")
    guard let index = words.firstIndex(where: { $0.hasPrefix("SHA256:") }), index > 0 else { return nil }
    return (String(words[index - 1]), String(words[index]))
  }

  /// Where the known key stands that the server's contradicts: `Offending ED25519 key in /path:3`.
  var offendingKey: (file: String, line: Int)? {
    guard let line = messages.first(where: { $0.hasPrefix("Offending ") }),
      let start = line.firstRange(of: " key in ")?.upperBound, let colon = line.lastIndex(of: ":"), start < colon,
      let number = Int(line[line.index(after: colon)...])
    else { return nil }
    return (String(line[start..<colon]), number)
  }

  /// The ways to log in that the server has offered last.
  var methods: String? {
    let sign = "Authentications that can continue: "
    return debug.last { $0.contains(sign) }?.firstRange(of: sign).flatMap { range in
      debug.last { $0.contains(sign) }.map { String($0[range.upperBound...]) }
    }
  }

  /// Why a key was not used.
  var keyTrouble: String? {
    messages.first { $0.hasPrefix("Load key ") || $0.contains("are too open") || $0.contains("not accessible") }
  }

  /// `ed25519` for `ssh-ed25519`, as ssh-keyscan wants it.
  static func shortName(_ type: String) -> String {
    if type.hasPrefix("ecdsa") { return "ecdsa" }
    if type.contains("rsa") { return "rsa" }
    return type.hasPrefix("ssh-") ? String(type.dropFirst(4)) : type
  }
}

extension String {
  /// Without blanks and carriage returns at its ends.
  var trimmed: String {
    let isBlank = { (byte: UInt8) in byte <= 0x20 }
    return String(decoding: utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
  }
}
