import StageSupport

/// A directory from which Alma takes feeds, here or on a server: the few operations that a delivery is made of.
///
/// Names are names in the directory, without a slash. One file at a time is written.
protocol DropDirectory: AnyObject {
  /// The entry of a name; nil where there is none.
  func entry(_ name: String) throws -> DropEntry?

  /// The regular files in the directory, in no order; nil where the directory may not be read.
  func entries() throws -> [DropEntry]?

  /// Creates a file, which must not exist, to be written.
  func create(_ name: String, mode: UInt16) throws

  /// Writes bytes behind what has been written to the file created last.
  func append(_ bytes: Span<UInt8>) throws

  /// Puts the bytes of the file created last on the disk, and closes it.
  func finishFile() throws

  /// Lends the bytes of a file, piece by piece.
  /// - Returns: false where the file may not be read.
  func read(_ name: String, _ body: (Span<UInt8>) -> Void) throws -> Bool

  /// Gives a file another name that is free.
  /// - Returns: false where the name is taken.
  func rename(_ name: String, to newName: String) throws -> Bool

  /// Gives a file another name, in the place of what has it now.
  func replace(_ name: String, with temporary: String) throws

  func remove(_ name: String) throws
}

/// What is known of a file in the drop directory.
struct DropEntry: Equatable {
  var name: String
  var bytes: Int
  /// Seconds since 1970.
  var modified: Int
  /// The lowest nine bits.
  var mode: UInt16
}
