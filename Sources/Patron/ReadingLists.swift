/// The fields that the mapping reads, for each way in which a person's own values decide that: made once, so that nothing is listed
/// for each person.
///
/// Of an address the first line is read, and the rest where that is not blank; of the e-mails those up to the first that is not blank.
struct ReadingLists: Sendable {
  private let addresses: [[FieldLayout.AddressFields]]
  private let emails: [Field]
  private let mostAddresses: Int
  /// By group, then by which first lines are there, then by how many e-mails are read.
  private let lists: [[Field]]

  /// - Parameters:
  ///   - head: read of everyone, before the addresses.
  ///   - addresses: of each group.
  ///   - tail: read of everyone, behind the e-mails.
  init(head: [Field], addresses: [[FieldLayout.AddressFields]], emails: [Field], tail: [Field]) {
    self.addresses = addresses
    self.emails = emails
    let mostAddresses = addresses.map(\.count).max() ?? 0
    self.mostAddresses = mostAddresses
    lists = addresses.flatMap { group in
      (0..<1 << mostAddresses).flatMap { present in
        (0...emails.count).map { emailsRead in
          let parts = group.enumerated().flatMap { place, address in
            present >> place & 1 == 1 ? address.all : [address.line1]
          }
          return head + parts + emails.prefix(emailsRead) + tail
        }
      }
    }
  }

  func list(for person: borrowing Person, group: Int) -> [Field] {
    var present = 0
    for (place, address) in addresses[group].enumerated() where !person.isBlank(address.line1) { present |= 1 << place }
    var emailsRead = 0
    for email in emails {
      emailsRead += 1
      if !person.isBlank(email) { break }
    }
    return lists[(group << mostAddresses | present) * (emails.count + 1) + emailsRead]
  }
}
