public import StageSupport

/// What can go wrong between us and an SFTP server.
public enum SFTPError: StageError, Equatable {
  /// There is no session, or no longer.
  case session(place: String, String, ExitStatus)
  /// The server refuses a request.
  case refusal(place: String, action: String, SFTPStatus)
  /// The server says what is no SFTP.
  case nonsense(place: String, String)
  /// ssh itself, or something else of this machine, does not work.
  case local(String)

  /// The server does not let this user do that, or does not do that at all.
  public var isDenial: Bool {
    guard case .refusal(_, _, let status) = self else { return false }
    return status.code == SFTPStatus.permissionDenied || status.code == SFTPStatus.unsupported
  }

  public var description: String {
    switch self {
    case .session(let place, let reason, _): "\(place): \(reason)"
    case .refusal(let place, let action, let status): "\(place): cannot \(action): \(status)"
    case .nonsense(let place, let what): "\(place): \(what)"
    case .local(let reason): reason
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .session(_, _, let status): status
    case .refusal(_, let action, let status): status.exitStatus(creating: action.hasPrefix("create"))
    case .nonsense: .protocolViolation
    case .local: .configuration
    }
  }
}

/// How a server answers a request.
public struct SFTPStatus: Equatable, Sendable {
  public var code: UInt32
  /// The server's words.
  public var message: String
  /// What we have found out ourselves.
  public var remark = ""

  static let ok: UInt32 = 0
  static let endOfFile: UInt32 = 1
  static let noSuchFile: UInt32 = 2
  static let permissionDenied: UInt32 = 3
  static let failure: UInt32 = 4
  static let unsupported: UInt32 = 8

  func exitStatus(creating: Bool) -> ExitStatus {
    let words = message.lowercased()
    // The protocol has no code for it, so OpenSSH's server says no more than "Failure".
    if code == 14 || code == 15 || words.contains("quota") || words.contains("no space") || !remark.isEmpty {
      return .inputOutput
    }
    switch code {
    case Self.noSuchFile: return .cannotCreate
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
  public var description: String {
    let name =
      switch code {
      case Self.noSuchFile: "no such file or directory"
      case Self.permissionDenied: "permission denied"
      case Self.unsupported: "the server does not do that"
      default: "failure"
      }
    let words = message.lowercased() == name || message.isEmpty ? "" : " (the server says: \(message))"
    return name + words + (remark.isEmpty ? "" : "; \(remark)")
  }
}
