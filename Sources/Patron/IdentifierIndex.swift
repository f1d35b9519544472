import HashTables
import JSONText

/// Remembers the identifiers of the people accepted so far, so that no two users get the same one.
///
/// It keeps a keyed 128-bit hash of each identifier, and of each person the line and the first 32 bytes of the primary
/// identifier: at most 64 bytes an identifier in all. The key is random, so that nobody can construct collisions.
struct IdentifierIndex: ~Copyable {
  /// The person who has an identifier.
  struct Owner: Equatable {
    /// The person's number in the index.
    let person: UInt32
    /// Whether the identifier is that person's primary one.
    let isPrimary: Bool
    /// The number of the person's line.
    let line: Int
    /// The person's primary identifier, cut to 32 bytes.
    let identifier: String
  }

  /// An identifier of the current person.
  struct Probe: BitwiseCopyable {
    let slot: Slot
    /// The hash of the identifier without regard to case.
    let hash: HashTable.Hash
    /// What the index has for it: the number of the person accepted earlier who has it, and whether it is that person's
    /// primary one; nil if nobody has it.
    let word: UInt32?
  }

  /// Nil if nothing is remembered, and only the identifiers of one person are compared.
  private var table: HashTable?
  private var owners = OwnerList()
  private var folding = CaseFolding()
  /// The identifiers of the current person that are not blank.
  private(set) var probes: ReusedList<Probe>
  /// Whether one of them may have a control or format character: it has U+007F, characters beyond ASCII, or escapes.
  private(set) var isSuspect = false
  /// Whether one of them has an owner, or two are the same.
  private(set) var mayBeDuplicate = false

  /// - Parameters:
  ///   - remembers: whether to find the identifiers that two people share.
  ///   - maxIdentifiers: of a person.
  init(remembers: Bool, maxIdentifiers: Int) {
    table = remembers ? HashTable() : nil
    probes = ReusedList(capacity: maxIdentifiers)
  }

  /// Starts with another person.
  mutating func removeProbes() {
    probes.removeAll()
    isSuspect = false
    mayBeDuplicate = false
  }

  /// Looks up an identifier of the current person, unless it is blank. The primary one comes first.
  mutating func look(up slot: Slot, of person: borrowing Person) {
    let value = person[slot]
    if !value.isText { return }
    let hash = person.withTexts { text, _ in folding.hash(text, value, &isSuspect) }
    if value.claims.contains(.isBeyondASCII) { isSuspect = true }
    let word = table?.find(hash)
    if word != nil { mayBeDuplicate = true }
    for index in probes.indices where probes[index].hash == hash { mayBeDuplicate = true }
    probes.append(Probe(slot: slot, hash: hash, word: word))
  }

  /// The person accepted earlier who has the identifier of a probe, or nil.
  func owner(of probe: Probe) -> Owner? {
    guard let word = probe.word else { return nil }
    let (line, identifier) = owners[word >> 1]
    return Owner(person: word >> 1, isPrimary: word & 1 == 1, line: line, identifier: identifier)
  }

  /// Remembers the identifiers of the current person, who has been accepted.
  mutating func remember(line: Int, primary: Span<UInt8>, primarySlot: Slot) {
    guard table != nil else { return }
    let person = owners.append(line: line, identifier: primary)
    // An identifier with an owner stays theirs, where a profile lets two people have it.
    for index in probes.indices where probes[index].word == nil {
      table?.insert(probes[index].hash, person << 1 | (probes[index].slot == primarySlot ? 1 : 0))
    }
  }
}

/// The people accepted: the line and the beginning of the identifier of each, packed into blocks that are never moved.
private struct OwnerList {
  static let maxBytes = 32
  private static let blockSize = 1 << 16
  /// A person's number is the offset in the blocks, in units of four bytes: it can address 8 GiB.
  private static let unit = 4
  private var blocks: [[UInt8]] = []
  /// How many bytes of the last block are used.
  private var used = blockSize

  mutating func append(line: Int, identifier: Span<UInt8>) -> UInt32 {
    let head = identifier.extracting(first: Self.maxBytes)
    let size = (head.count + 7 + Self.unit - 1) / Self.unit * Self.unit
    if used + size > Self.blockSize {
      blocks.append(Array(repeating: 0, count: Self.blockSize))
      used = 0
    }
    let number = ((blocks.count - 1) * Self.blockSize + used) / Self.unit
    Self.write(line, head, to: &blocks[blocks.count - 1], at: used)
    used += size
    return UInt32(truncatingIfNeeded: number) & 0x7FFF_FFFF
  }

  private static func write(_ line: Int, _ head: Span<UInt8>, to block: inout [UInt8], at start: Int) {
    var bytes = block.mutableSpan
    for byte in 0..<6 { bytes[start &+ byte] = UInt8(truncatingIfNeeded: line &>> (byte &* 8)) }
    bytes[start &+ 6] = UInt8(truncatingIfNeeded: head.count)
    bytes.copy(head, to: start &+ 7)
  }

  subscript(person: UInt32) -> (line: Int, identifier: String) {
    let offset = Int(person) * Self.unit
    let block = blocks[offset / Self.blockSize]
    let start = offset % Self.blockSize
    let line = (0..<6).reduce(0) { $0 | Int(block[start + $1]) << ($1 * 8) }
    let identifier = block[(start + 7)...].prefix(Int(block[start + 6]))
    return (line, String(decoding: identifier, as: UTF8.self))
  }
}
