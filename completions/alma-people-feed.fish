# fish completion for alma-people-feed(8)
set -l commands run status history explain report loads check waive resend forget settings with
complete -c alma-people-feed -f
complete -c alma-people-feed -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c alma-people-feed -l config -r -F -d 'Settings, NAME=value lines'
complete -c alma-people-feed -l status -x -a 'E I any' -d 'Only this status'
complete -c alma-people-feed -l since -x -d 'The first day of the window'
complete -c alma-people-feed -l until -x -d 'The day after the last day of the window'
complete -c alma-people-feed -l older-than -x -d 'With forget: the age of what is removed'
complete -c alma-people-feed -l dry-run -d 'Show what would be sent, and send nothing'
complete -c alma-people-feed -n '__fish_seen_subcommand_from status history' -l ndjson -d 'Print records'
complete -c alma-people-feed -n '__fish_seen_subcommand_from explain' -l xml -d 'Print what was sent, too'
complete -c alma-people-feed -l force -d 'Run also where no day is owed, and pass the limits of feed-zip'
complete -c alma-people-feed -l help -d 'Show a summary'
complete -c alma-people-feed -l version -d 'Show the version'
complete -c alma-people-feed -n "__fish_seen_subcommand_from with" -F -a 'ps-fetch patron-validate patron-to-xml feed-zip feed-push load-report notify-mail'
