import StageSupport

/// The drop directory, and how it is reached.
public struct DropTarget: Sendable {
  public let location: DropLocation

  public init(_ location: DropLocation) {
    self.location = location
  }

  /// Does something in the directory.
  func withDirectory<Result>(_ work: (any DropDirectory) throws -> Result) throws -> Result {
    switch location {
    case .directory(let path): try work(LocalDirectory(path))
    }
  }
}
