package import ArgumentParser
import Glibc
import Stage
import StageErrors

/// An executable of the toolkit: its options, their variables, and one run.
package protocol StageCommand: ParsableCommand {
  /// The executable's name.
  static var name: String { get }
  /// The flags that can also be set in the environment.
  static var settings: [Setting] { get }
}

extension StageCommand {
  /// The texts of `--help` and `--version`.
  /// - Parameter variables: the variables without a flag, with their meaning.
  package static func describe(_ abstract: String, variables: [String] = []) -> CommandConfiguration {
    let names = settings.compactMap { setting in setting.flag.map { "--\($0): \(setting.variable(of: name))" } }
    return CommandConfiguration(
      commandName: name,
      abstract: abstract,
      discussion: "Environment variables, used when the flag is absent:\n" + lines(names + variables)
        + "Exit status:\n" + lines(ExitStatus.allCases.map { "\($0.rawValue)  \($0.meaning)" }) + "See man \(name).",
      version: "\(name) (alma-people) \(Version.current)")
  }

  private static func lines(_ texts: [String]) -> String { texts.map { "  \($0)\n" }.joined() }

  /// Parses the command line and runs. A failure is reported in one line.
  package static func main() {
    ProcessSetup.run()
    Glibc.exit(status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func status(of arguments: [String]) -> ExitStatus {
    let diagnostics = Diagnostics(program: name)
    if arguments == ["--list-settings"] {
      print(settings.map { $0.listed(for: name) }.joined(separator: "\n"))
      return .done
    }
    if arguments == ["--show-settings"] {
      let help = helpMessage(includeHidden: true, columns: 10_000).split(separator: "\n")
      for setting in settings { if let line = setting.shown(for: name, help: help) { print(line) } }
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
      // ArgumentParser throws the texts of --help and --version too.
      if exitCode(for: error).isSuccess { exit(withError: error) }
      diagnostics.report("\(message(for: error)); see '\(name) --help'")
      return .usage
    }
  }

  /// Parses the options from the environment, and then those of the command line, which override them.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    let added = try settings.map { (setting: $0, arguments: try $0.arguments(of: name, unless: arguments)) }
    do {
      return try parseAsRoot(added.flatMap(\.arguments) + arguments)
    } catch  where !exitCode(for: error).isSuccess {
      let text = message(for: error)
      if let unknown = unknownOption(in: arguments), !text.contains(unknown) {
        throw ValidationError("Unknown option '\(unknown)'")
      }
      guard let culprit = added.first(where: { !$0.arguments.isEmpty && text.contains("--\($0.setting.flag ?? "")") })
      else { throw error }
      throw SettingError("\(culprit.setting.variable(of: name)): \(text)")
    }
  }

  /// The first unknown long option of a command line; nil if there is none.
  ///
  /// If another option is missing, ArgumentParser reports only that.
  static func unknownOption(in arguments: [String]) -> String? {
    let known = Set(
      helpMessage(includeHidden: true).split { $0.isWhitespace || "=,/:.;()[]'|".contains($0) }
        .filter { $0.hasPrefix("--") }.map(String.init))
    return arguments.prefix { $0 != "--" }.lazy.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }.first { !known.contains($0) }
  }
}

/// Finds the name that was misspelt.
private enum Spelling {
  /// The name that is most similar to a word; nil if none is similar.
  static func nearest(to word: String, among names: some Sequence<String>) -> String? {
    let distances = names.map { (name: $0, distance: distance(from: Array(word.utf8), to: Array($0.utf8))) }
    return distances.min { $0.distance < $1.distance }.flatMap { $0.distance <= max(2, word.count / 4) ? $0.name : nil }
  }

  /// The number of bytes to add, remove or change: the Levenshtein distance.
  private static func distance(from word: [UInt8], to name: [UInt8]) -> Int {
    var row = Array(0...name.count)
    for (index, byte) in word.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in name.enumerated() {
        let changed = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[name.count]
  }
}
