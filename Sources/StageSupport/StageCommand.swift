public import ArgumentParser
import Glibc

/// An executable of the toolkit: its options, their variables, and one run.
public protocol StageCommand: ParsableCommand {
  /// The executable's name.
  static var name: String { get }
  /// The flags that the environment can set too.
  static var settings: [Setting] { get }
}

extension StageCommand {
  /// What `--help` and `--version` say.
  /// - Parameters:
  ///   - abstract: one line.
  ///   - variables: those that belong to no flag, a line each.
  public static func describe(_ abstract: String, variables: [String] = []) -> CommandConfiguration {
    let names = settings.compactMap { setting in setting.flag.map { "--\($0): \(setting.variable(of: name))" } }
    return CommandConfiguration(
      commandName: name,
      abstract: abstract,
      discussion: "Environment: what a flag is not given for.\n" + (names + variables).map { "  \($0)\n" }.joined()
        + "The manual: man \(name)",
      version: "\(name) (alma-people) \(Version.current)")
  }

  /// Parses the command line and runs; every failure ends in one line and its status.
  public static func main() {
    ProcessSetup.run()
    Glibc.exit(status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func status(of arguments: [String]) -> ExitStatus {
    let diagnostics = Diagnostics(program: name)
    if arguments == ["--list-settings"] {
      print(settings.map { $0.listed(for: name) }.joined(separator: "\n"))
      return .done
    }
    if arguments.first == "--nearest", arguments.count > 1 {
      print(Spelling.nearest(to: arguments[1], among: arguments.dropFirst(2)) ?? "")
      return .done
    }
    do {
      var command = try parse(arguments)
      try command.run()
      return .done
    } catch let failure as StageFailure {
      return failure.exitStatus
    } catch let error as any StageError {
      diagnostics.report(error)
      return error.exitStatus
    } catch {
      // Help, version and completions leave by this way too.
      if exitCode(for: error).isSuccess { exit(withError: error) }
      diagnostics.report("\(message(for: error)); see '\(name) --help'")
      return .usage
    }
  }

  /// Puts what the environment says before what the command line says.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    let added = try settings.map { (setting: $0, arguments: try $0.arguments(of: name, unless: arguments)) }
    do {
      return try parseAsRoot(added.flatMap(\.arguments) + arguments)
    } catch  where !exitCode(for: error).isSuccess {
      let text = message(for: error)
      guard let culprit = added.first(where: { !$0.arguments.isEmpty && text.contains("--\($0.setting.flag ?? "")") })
      else { throw error }
      throw SettingError("\(culprit.setting.variable(of: name)): \(text)")
    }
  }
}

/// The stage has failed and said so; only its status is left to be told.
struct StageFailure: Error {
  let exitStatus: ExitStatus
}
