import AlmaXML

extension FuzzTarget {
  /// Documents, as feed-zip takes them from a directory: what it calls good is XML to another parser, with as many users.
  static let documents = FuzzTarget("documents") { input in
    guard let first = input.first else { return }
    let document = Array(input.dropFirst())
    let whole = try? DocumentRead.byLibXML2(document, pieces: max(1, document.count), schema: nil)
    let pieces = try? DocumentRead.byLibXML2(document, pieces: 1 + Int(first) % 16, schema: nil)
    try require(
      whole == pieces, "a document is the same in pieces: \(String(describing: whole)), \(String(describing: pieces))")
    if let whole {
      let users = try DocumentRead.byExpat(document).users.count
      try require(users == whole, "another parser finds as many users: \(whole) are \(users)")
    }
  }
}
