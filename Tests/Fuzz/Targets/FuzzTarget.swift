/// Something that reads what others wrote, with what must hold whatever it is given.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Reads an input, and throws a `Violation` where a promise does not hold.
  public let run: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.run = run
  }

  public static let all: [FuzzTarget] = [
    people, documents, envelope, gzip, records, gateway, sftp, mail, settings,
  ]
}

/// A promise that an input breaks.
public struct Violation: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Throws a `Violation` where a claim does not hold.
func require(_ claim: Bool, _ promise: @autoclosure () -> String) throws {
  if !claim { throw Violation("broken: " + promise()) }
}

/// A value that has to be there.
func require<Value>(_ value: Value?, _ promise: @autoclosure () -> String) throws -> Value {
  guard let value else { throw Violation("broken: " + promise()) }
  return value
}
