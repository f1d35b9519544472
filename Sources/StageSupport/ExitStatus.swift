/// How a stage ends, told to the shell in the numbers of sysexits.h.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Done, also where there was nothing to do.
  case done = 0
  /// The command line is wrong.
  case usage = 64
  /// The data are bad or incomplete.
  case badData = 65
  /// An input is missing or unreadable.
  case missingInput = 66
  /// The other side refuses for good.
  case refused = 69
  /// A fault of the program itself.
  case internalFault = 70
  /// An output or drop directory is missing or not writable here, or the name is taken.
  case cannotCreate = 73
  /// Reading or writing failed; no space or quota, wherever that happens.
  case inputOutput = 74
  /// Temporary: the same again later may go well. The only one worth a retry.
  case temporary = 75
  /// Nonsense from the other side.
  case protocolViolation = 76
  /// The other side denies access.
  case accessDenied = 77
  /// A setting is missing or wrong.
  case configuration = 78
}
