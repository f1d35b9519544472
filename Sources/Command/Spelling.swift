/// Finds the name that was misspelt.
enum Spelling {
  /// The name that is most similar to a word; nil if none is similar.
  static func nearest(to word: String, among names: some Sequence<String>) -> String? {
    let distances = names.map { (name: $0, distance: distance(from: Array(word.utf8), to: Array($0.utf8))) }
    return distances.min { $0.distance < $1.distance }.flatMap { $0.distance <= max(2, word.count / 4) ? $0.name : nil }
  }

  /// The number of bytes to add, remove or change: the Levenshtein distance.
  private static func distance(from word: [UInt8], to name: [UInt8]) -> Int {
    var row = Array(0...name.count)
    for (index, byte) in word.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in name.enumerated() {
        let changed = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[name.count]
  }
}
