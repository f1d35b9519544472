public import StageErrors

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

  /// The server answers that it does not do this. Which status it gives says little: servers differ in that.
  public var isRefusal: Bool {
    guard case .refusal = self else { return false }
    return exitStatus != .temporary
  }

  /// The server says that there is no such file.
  public var isMissing: Bool {
    guard case .refusal(_, _, let status) = self else { return false }
    return status.isMissing
  }

  /// The server says, or we have found out, that there is no space.
  public var isOutOfSpace: Bool {
    guard case .refusal(_, _, let status) = self else { return false }
    return status.isOutOfSpace
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

  /// Also "no such path", which is of a later version of the protocol.
  var isMissing: Bool { code == Self.noSuchFile || code == 10 }

  /// Version 3 has no code for it, so OpenSSH's server says no more than "Failure".
  var isOutOfSpace: Bool {
    let words = message.lowercased()
    return code == 14 || code == 15 || words.contains("quota") || words.contains("no space") || !remark.isEmpty
  }

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
