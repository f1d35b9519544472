import Command
import Glibc
import SFTP

@main
enum Program {
  static func main() {
    // ssh asks us for passwords.
    if let status = Askpass.answer(CommandLine.arguments) { exit(status) }
    FeedPush.main()
  }
}
