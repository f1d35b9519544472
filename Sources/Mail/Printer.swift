import RecordStream
import SystemPackage

/// Standard output, for eyes.
public struct Printer: MessageSink {
  public init() {}

  public func send(_ message: Message, to recipients: [String]) throws -> Dispatch {
    do { _ = try FileDescriptor.standardOutput.writeAll(message.bytes) } catch {
      throw StreamError.output(path: "standard output", error as? Errno ?? .ioError)
    }
    return Dispatch(accepted: [])
  }

  public func check() {}
}
