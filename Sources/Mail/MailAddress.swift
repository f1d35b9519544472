import Encodings

/// A sender or recipient, as in `"Systems, Library" <systems@library.example.edu>`.
package struct MailAddress: Hashable, Sendable {
  /// The name that mail programs show.
  package let name: String?
  /// The address, `name@host`.
  package let address: String
  /// The name and the address, for people.
  var text: String { name.map { "\($0) <\(address)>" } ?? address }

  /// Parses an address, alone or in angle brackets after a name.
  /// - Parameter flag: the flag that the address comes from, for errors.
  package init(_ text: String, for flag: String) throws(MailError) {
    try HeaderText.check(text, for: flag)
    let text = HeaderText.trimmed(text)
    guard text.last == ">", let bracket = text.lastIndex(of: "<") else {
      name = nil
      address = try Self.checked(text, for: flag)
      return
    }
    let name = HeaderText.trimmed(Self.unquoted(HeaderText.trimmed(String(text[..<bracket]))))
    self.name = name.isEmpty ? nil : name
    address = try Self.checked(String(text[text.index(after: bracket)...].dropLast()), for: flag)
  }

  /// Parses addresses that are separated by commas. A comma in quotation marks is part of a name.
  package static func list(_ text: String, for flag: String) throws(MailError) -> [MailAddress] {
    var items: [String] = []
    var item = ""
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if character == ",", !isQuoted {
        items.append(item)
        item = ""
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      item.append(character)
    }
    items.append(item)
    var addresses: [MailAddress] = []
    for item in items where !HeaderText.trimmed(item).isEmpty {
      addresses.append(try MailAddress(item, for: flag))
    }
    guard !addresses.isEmpty else { throw .setting("\(flag): no address is given") }
    return addresses
  }

  /// The part after the `@`.
  var domain: String { String(address[address.index(after: address.lastIndex(of: "@")!)...]) }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }

  /// The address, if every mail server accepts it unquoted: a dot-atom, `@` and a host name (RFC 5321), in ASCII.
  private static func checked(_ address: String, for flag: String) throws(MailError) -> String {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, address.utf8.count <= 254, isDotted(parts[0], isLocalByte), isDotted(parts[1], isHostByte)
    else { throw .setting("\(flag): '\(address)' is not a mail address; write name@host.example, in ASCII") }
    return address
  }

  private static func isDotted(_ text: Substring, _ isAllowed: (UInt8) -> Bool) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.first != UInt8(ascii: "-") && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAllowed) }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") }

  /// Whether an atom may have a byte (RFC 5322).
  static func isLocalByte(_ byte: UInt8) -> Bool {
    isHostByte(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
  }
}

/// The sender, recipients and subject of a message.
package struct MessageHeader: Sendable {
  let from: MailAddress
  let to: [MailAddress]
  let cc: [MailAddress]
  let replyTo: [MailAddress]
  /// Replaces the subject of the report.
  let subject: String?

  /// The parameters are the values of the flags with these names. Without `from` the sender is a placeholder. `to` may
  /// be empty only if the message stays on this host.
  /// - Parameter toFlag: the flag of the recipients, for errors.
  package init(
    from: String?, to: [String], cc: [String], replyTo: [String], subject: String?, toFlag: String = "--to"
  ) throws {
    self.from = try MailAddress(from ?? "alma-people <alma-people@localhost>", for: "--from")
    self.to = try to.flatMap { try MailAddress.list($0, for: toFlag) }
    self.cc = try cc.flatMap { try MailAddress.list($0, for: "--cc") }
    self.replyTo = try replyTo.flatMap { try MailAddress.list($0, for: "--reply-to") }
    if let subject { try HeaderText.check(subject, for: "--subject") }
    self.subject = subject.map(HeaderText.trimmed)
  }

  /// The addresses of all recipients, each once.
  var recipients: [String] {
    var seen: Set<String> = []
    return (to + cc).map(\.address).filter { seen.insert($0.lowercased()).inserted }
  }
}
