#compdef alma-people-feed
# zsh completion for alma-people-feed(8)
local -a commands=(
  'run:finish what an earlier run began, then fetch and deliver'
  'status:show the last runs, and what waits in the drop directory'
  'history:show each feed of all runs'
  'explain:show what became of a person, by EMPLID, NetID or barcode'
  'report:print the history as a page of HTML'
  'loads:ask Alma what it did with the deliveries'
  'check:check the settings, logins, drop directory and mail; send no people'
  'waive:record that the days from --since to --until will not be delivered'
  'resend:deliver the files of a run again under new names'
  'forget:remove the data of people that are older than ALMA_PEOPLE_KEEP_PEOPLE'
  'settings:show the settings that are in effect, and from where each comes'
  'with:run a stage by hand, with its settings'
)
_arguments -s -S \
  '1:command:{_describe command commands}' '2:identifier, run or stage:(ps-fetch patron-validate patron-to-xml feed-zip feed-push load-report notify-mail)' '*:file:_files' \
  '--config[settings, NAME=value lines]:file:_files' \
  '--status[only this status]:status:(E I any)' \
  '--since[the first day of the window]:day (YYYY-MM-DD):' \
  '--until[the day after the last day of the window]:day (YYYY-MM-DD):' \
  '--older-than[with forget: the age of what is removed]:age:'
  '--dry-run[show what would be sent, and send nothing]' \
  '--ndjson[with status and history, print records]' \
  '--xml[with explain, print what was sent, too]' \
  '--force[run also where no day is owed, and pass the limits of feed-zip]' \
  '(- *)--help[show a summary]' \
  '(- *)--version[show the version]'
