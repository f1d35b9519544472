/// The exit status of a stage: 0, or a number from sysexits.h.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  case usage = 64
  case badData = 65
  case missingInput = 66
  case refused = 69
  case internalFault = 70
  case cannotCreate = 73
  case inputOutput = 74
  /// The only status after which a retry can succeed.
  case temporary = 75
  case protocolViolation = 76
  case accessDenied = 77
  case configuration = 78

  /// What it means, for `--help`.
  public var meaning: String {
    switch self {
    case .done: "done, or nothing to do"
    case .usage: "the command line is wrong"
    case .badData: "the data are bad or incomplete"
    case .missingInput: "an input is missing or unreadable"
    case .refused: "the other side refuses permanently"
    case .internalFault: "a fault of the program; please report it"
    case .cannotCreate: "an output or drop directory is missing or not writable, or a name is taken"
    case .inputOutput: "reading or writing failed, or there is no space"
    case .temporary: "temporary failure; try again later"
    case .protocolViolation: "protocol error: unexpected reply"
    case .accessDenied: "access denied by the other side"
    case .configuration: "a setting is missing or wrong"
    }
  }
}
