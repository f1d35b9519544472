import Curl

@testable import Mail
@testable import SFTP

extension FuzzTarget {
  /// Packets of an SFTP server, and what ssh says.
  static let sftp = FuzzTarget("sftp") { input in
    guard let first = input.first else { return }
    let rest = input.dropFirst()
    if first & 1 == 0 {
      let destination = SSHDestination(user: "alma", host: "lib-sftp.example.edu", port: first & 2 == 0 ? nil : 2222)
      let command = SSHCommand(try require(destination, "a destination"))
      let diagnosis = SSHDiagnosis(String(decoding: rest, as: UTF8.self), command, oldFingerprint: { _ in nil })
      try require(!diagnosis.message.isEmpty, "a session that fails has a reason")
      return
    }
    guard var answer = try? SFTPReply(rest) else { return }
    do {
      switch answer.type {
      case .name:
        for _ in 0..<(try answer.integer()) {
          _ = try answer.string()
          _ = try answer.data()
          _ = try answer.attributes()
        }
      case .attributes: _ = try answer.attributes().mayBeDirectory
      case .data: _ = try answer.withData { _ in }
      case .status: _ = (try answer.integer(), try answer.string())
      default:
        while !answer.isAtEnd {
          _ = try answer.string()
          _ = try answer.data()
        }
      }
    } catch is SFTPReply.Malformed {}
  }

  /// Replies of a mail server, and addresses.
  static let mail = FuzzTarget("mail") { input in
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    if let addresses = try? MailAddress.list(String(decoding: parts[0], as: UTF8.self), for: "To") {
      for address in addresses {
        try require(
          address.address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && address.address.utf8.count { $0 == 0x40 } == 1,
          "an address is one address")
        try require(
          try MailAddress(address.address, for: "To").address == address.address, "an address alone is the same")
      }
      let field = HeaderEncoding.field("To", addresses)
      for line in field.split(separator: "\n", omittingEmptySubsequences: false) {
        try require(
          line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 },
          "a header is printable, and its lines are folded")
      }
    }
    guard parts.count > 1 else { return }
    var dialogue = SMTPDialogue(["a@example.edu", "b@example.edu"])
    for line in parts[1].split(separator: UInt8(ascii: "\n")).prefix(200) {
      dialogue.add(
        line.first == UInt8(ascii: ">") ? .client : .server, String(decoding: line.dropFirst(), as: UTF8.self))
    }
    if let last = dialogue.last {
      try require((200..<600).contains(last.code), "a reply has a code")
      try require(last.text.count <= 3100 && !last.text.contains(where: \.isNewline), "what is shown is a short line")
    }
    if let reply = dialogue.malformedReply {
      try require(reply.count <= 1100 && !reply.contains(where: \.isNewline), "what is shown is a short line")
    }
  }
}
