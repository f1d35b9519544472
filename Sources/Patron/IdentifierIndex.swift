/// Remembers the identifiers of the people accepted so far, so that no two users get the same.
///
/// Of an identifier it keeps a keyed hash of 128 bits, of a person the line and the first 32 bytes of the primary identifier: at
/// most 64 bytes an identifier in all. The key is drawn anew for each process, so that nobody can make up collisions.
struct IdentifierIndex {
  /// Whose an identifier is.
  struct Owner: Equatable {
    fileprivate let person: UInt32
    /// The identifier is that person's primary one.
    let isPrimary: Bool
    /// The person's line.
    let line: Int
    /// The person's primary identifier, cut to 32 bytes.
    let identifier: String

    func isSamePerson(as other: Owner?) -> Bool { person == other?.person }
  }

  /// An identifier of the person at hand.
  struct Probe {
    let field: Field
    fileprivate let hash: HashTable.Hash
    /// The person accepted earlier who has it, or nil.
    let owner: Owner?

    func isSameIdentifier(as other: Probe) -> Bool { hash == other.hash }
  }

  /// Nil: nobody is remembered, and people are compared with themselves only.
  private var table: HashTable?
  private var owners = OwnerList()
  private var folding = CaseFolding()

  init(remembers: Bool) { table = remembers ? HashTable() : nil }

  /// Looks up the identifiers of a person that are not blank, the primary one first.
  /// - Returns: whether one of them may have a control or format character: it has U+007F, or is more than ASCII or has escapes.
  mutating func look(up fields: [Field], of person: borrowing Person, into probes: inout [Probe]) -> Bool {
    probes.removeAll(keepingCapacity: true)
    folding.hasMetDelete = false
    var isBeyondASCII = false
    for field in fields where person[field].isText {
      let hash = folding.hash(person.text, person[field])
      isBeyondASCII = isBeyondASCII || person.isBeyondASCII(field)
      probes.append(Probe(field: field, hash: hash, owner: table?.find(hash).map(owner)))
    }
    return folding.hasMetDelete || isBeyondASCII
  }

  private func owner(_ word: UInt32) -> Owner {
    let (line, identifier) = owners[word >> 1]
    return Owner(person: word >> 1, isPrimary: word & 1 == 1, line: line, identifier: identifier)
  }

  /// Remembers the identifiers of the person looked up last, who has been accepted.
  mutating func remember(_ probes: [Probe], line: Int, primary: Span<UInt8>, primaryField: Field) {
    guard table != nil else { return }
    let person = owners.append(line: line, identifier: primary)
    for probe in probes { table?.insert(probe.hash, person << 1 | (probe.field == primaryField ? 1 : 0)) }
  }
}

/// The people accepted: the line of each and the beginning of their identifier, packed into blocks that never move.
private struct OwnerList {
  static let mostBytes = 32
  private static let blockSize = 1 << 16
  /// A person's number is the place in the blocks, in units of four bytes: 8 GiB of people can be told apart.
  private static let unit = 4
  private var blocks: [[UInt8]] = []
  /// How much of the last block is taken.
  private var used = blockSize

  mutating func append(line: Int, identifier: Span<UInt8>) -> UInt32 {
    let head = identifier.extracting(first: Self.mostBytes)
    let room = (head.count + 7 + Self.unit - 1) / Self.unit * Self.unit
    if used + room > Self.blockSize {
      blocks.append(Array(repeating: 0, count: Self.blockSize))
      used = 0
    }
    let number = ((blocks.count - 1) * Self.blockSize + used) / Self.unit
    Self.write(line, head, to: &blocks[blocks.count - 1], at: used)
    used += room
    return UInt32(truncatingIfNeeded: number) & 0x7FFF_FFFF
  }

  private static func write(_ line: Int, _ head: Span<UInt8>, to block: inout [UInt8], at start: Int) {
    var bytes = block.mutableSpan
    for byte in 0..<6 { bytes[start &+ byte] = UInt8(truncatingIfNeeded: line &>> (byte &* 8)) }
    bytes[start &+ 6] = UInt8(truncatingIfNeeded: head.count)
    bytes.copy(head, to: start &+ 7)
  }

  subscript(person: UInt32) -> (line: Int, identifier: String) {
    let place = Int(person) * Self.unit
    let block = blocks[place / Self.blockSize]
    let start = place % Self.blockSize
    let line = (0..<6).reduce(0) { $0 | Int(block[start + $1]) << ($1 * 8) }
    let identifier = block[(start + 7)...].prefix(Int(block[start + 6]))
    return (line, String(decoding: identifier, as: UTF8.self))
  }
}
