import RecordStream
package import StageErrors
import SystemPackage

/// A way to send a message.
package protocol MessageSink {
  /// Sends the message.
  /// - Parameter recipients: those to whom it was not sent before.
  /// - Returns: those to whom it was sent; none if it is only printed. Throws if it could be sent to none.
  func send(_ message: Message, to recipients: [String]) throws -> SendResult

  /// Checks as much as possible without sending a message.
  func check() throws
}

/// The outcome of an attempt to send a message.
package struct SendResult: Sendable {
  /// The addresses of the recipients to whom it was sent.
  package var accepted: [String]
  /// Why it was not sent to the others; nil if it was sent to all.
  package var problem: MailError?
}

/// Why a message cannot be made or sent.
package struct MailError: StageError, Equatable {
  package let description: String
  package let exitStatus: ExitStatus

  init(_ description: String, _ exitStatus: ExitStatus) {
    self.description = description
    self.exitStatus = exitStatus
  }

  /// A setting of the message that cannot be used.
  static func setting(_ description: String) -> MailError { MailError(description, .usage) }
}

/// Prints messages on standard output.
package struct Printer: MessageSink {
  private let isPreview: Bool

  /// - Parameter isPreview: print the header and the text as people read them, not the message as it is sent.
  package init(isPreview: Bool = false) { self.isPreview = isPreview }

  package func send(_ message: Message, to recipients: [String]) throws -> SendResult {
    let bytes = isPreview ? Array(message.preview.utf8) : message.bytes
    do { _ = try FileDescriptor.standardOutput.writeAll(bytes) } catch {
      throw StreamError.output(path: "standard output", error as? Errno ?? .ioError)
    }
    return SendResult(accepted: [])
  }

  package func check() {}
}
