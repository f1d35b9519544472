package import StageErrors

/// Why no zip is written.
package struct ZipError: StageError, Equatable {
  package let description: String
  package let exitStatus: ExitStatus

  init(_ description: String, _ exitStatus: ExitStatus) {
    self.description = description
    self.exitStatus = exitStatus
  }
}
