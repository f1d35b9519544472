import AlmaXML

extension FuzzTarget {
  /// Documents, as feed-zip takes them from a directory: what it calls good is XML to another parser, with as many
  /// users.
  static let documents = FuzzTarget("documents") { input in
    guard let first = input.first else { return }
    let document = Array(input.dropFirst())
    let whole = try? DocumentRead.byLibXML2(document, pieces: max(1, document.count), schema: nil)
    let pieces = try? DocumentRead.byLibXML2(document, pieces: 1 + Int(first) % 16, schema: nil)
    try require(
      whole == pieces, "a document is the same in pieces: \(String(describing: whole)), \(String(describing: pieces))")
    if let whole {
      // Names may have more characters since the fifth edition of XML, which expat does not follow. No document of ours
      // has such names.
      if document.hasNameBeyondASCII { return }
      let users = try DocumentRead.byExpat(document).users.count
      try require(users == whole, "another parser finds as many users: \(whole) are \(users)")
    }
  }
}

extension [UInt8] {
  /// A byte beyond ASCII stands right in the name of an element, an attribute or an instruction: in markup, not in
  /// quotes, a comment or a CDATA section.
  fileprivate var hasNameBeyondASCII: Bool {
    var rest = self[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[(start + 1)...]
      if rest.first == UInt8(ascii: "!") { continue }
      var quote: UInt8?
      for byte in rest {
        if byte == quote { quote = nil } else if quote == nil, byte == 0x22 || byte == 0x27 { quote = byte }
        if quote == nil, byte >= 0x80 { return true }
        if quote == nil, byte == UInt8(ascii: ">") { break }
      }
    }
    return false
  }
}
