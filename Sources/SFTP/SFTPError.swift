package import StageErrors

/// Why an SFTP session or one of its requests failed.
package enum SFTPError: StageError, Equatable {
  /// The session could not start, or was lost.
  case session(place: String, String, ExitStatus)
  /// The server refused a request. The action is for the message, as `create /x`.
  case refusal(place: String, action: String, SFTPStatus)
  /// The server does not follow the protocol. Exit status 76.
  case protocolViolation(place: String, String)
  /// ssh cannot be run on this host.
  case local(String, ExitStatus)

  /// Whether the server permanently refused a request. The session can continue.
  package var isRefusal: Bool { refusal != nil && exitStatus != .temporary }

  /// Whether the server said that the file does not exist.
  package var isMissing: Bool { refusal?.isMissing ?? false }

  /// Whether the disk or the quota of the server is full.
  package var isOutOfSpace: Bool { refusal?.isOutOfSpace ?? false }

  /// The status of a refusal; nil for other errors.
  private var refusal: SFTPStatus? { if case .refusal(_, _, let status) = self { status } else { nil } }

  package var description: String {
    switch self {
    case .session(let place, let reason, _): "\(place): \(reason)"
    case .refusal(let place, let action, let status): "\(place): cannot \(action): \(status)"
    case .protocolViolation(let place, let what): "\(place): protocol error: \(what)"
    case .local(let reason, _): reason
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .session(_, _, let status), .local(_, let status): status
    case .refusal(_, let action, let status): status.exitStatus(creating: action.hasPrefix("create"))
    case .protocolViolation: .protocolViolation
    }
  }
}

/// The status with which a server replies to a request.
package struct SFTPStatus: Equatable, Sendable {
  package var code: UInt32
  /// The server's message; empty if it sends none.
  package var message: String
  /// The cause, if another request has found it: the disk is full.
  package var remark = ""

  static let ok: UInt32 = 0
  static let endOfFile: UInt32 = 1
  static let noSuchFile: UInt32 = 2
  static let permissionDenied: UInt32 = 3
  static let failure: UInt32 = 4
  static let unsupported: UInt32 = 8

  /// 10 is "no such path" in later versions of the protocol.
  var isMissing: Bool { code == Self.noSuchFile || code == 10 }

  /// Version 3 has no code for it; OpenSSH's server replies "Failure". 14 and 15 are of later versions.
  var isOutOfSpace: Bool {
    let words = message.lowercased()
    return code == 14 || code == 15 || words.contains("quota") || words.contains("no space") || !remark.isEmpty
  }

  /// - Parameter creating: whether the request was to create a file.
  func exitStatus(creating: Bool) -> ExitStatus {
    if isOutOfSpace { return .inputOutput }
    switch code {
    case _ where isMissing: return .cannotCreate
    case Self.permissionDenied: return .accessDenied
    case Self.failure: return creating ? .cannotCreate : .inputOutput
    case Self.unsupported: return .refused
    case 5: return .protocolViolation
    case 6, 7: return .temporary
    default: return creating ? .cannotCreate : .inputOutput
    }
  }
}

extension SFTPStatus: CustomStringConvertible {
  package var description: String {
    let name =
      switch code {
      case Self.noSuchFile: "no such file or directory"
      case Self.permissionDenied: "permission denied"
      case Self.unsupported: "the server does not support it"
      default: "failure"
      }
    let words = message.lowercased() == name || message.isEmpty ? "" : " (the server says: \(message))"
    return name + words + (remark.isEmpty ? "" : "; \(remark)")
  }
}
