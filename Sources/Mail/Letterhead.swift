/// Whom a message is from and for.
public struct Letterhead: Sendable {
  public var from: MailAddress
  public var to: [MailAddress]
  public var cc: [MailAddress]
  public var replyTo: [MailAddress]
  /// In the place of the one that the report suggests.
  public var subject: String?

  /// - Parameters are the values of the flags of those names; without a sender and recipients, stand-ins are taken that nobody
  ///   can mistake for people.
  public init(from: String?, to: [String], cc: [String], replyTo: [String], subject: String?) throws(MailError) {
    self.from = try MailAddress(from ?? "alma-people <alma-people@localhost>", for: "--from")
    self.to = try Self.addresses(to, for: "--to")
    self.cc = try Self.addresses(cc, for: "--cc")
    self.replyTo = try Self.addresses(replyTo, for: "--reply-to")
    if let subject {
      try HeaderText.check(subject, for: "--subject")
      self.subject = HeaderText.trimmed(subject)
    }
  }

  /// Everyone who is to get the message, once.
  public var recipients: [String] {
    var seen: Set<String> = []
    return (to + cc).map(\.address).filter { seen.insert($0.lowercased()).inserted }
  }

  private static func addresses(_ texts: [String], for header: String) throws(MailError) -> [MailAddress] {
    var addresses: [MailAddress] = []
    for text in texts { addresses += try MailAddress.list(text, for: header) }
    return addresses
  }
}
