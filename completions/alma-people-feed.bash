# bash completion for alma-people-feed(8)
_alma_people_feed() {
  local commands="run status history explain report loads check waive resend forget settings with"
  local options="--config --status --since --until --older-than --dry-run --ndjson --xml --force --help --version"
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} given=" ${COMP_WORDS[*]:1:COMP_CWORD-1} " command
  local stages="ps-fetch patron-validate patron-to-xml feed-zip feed-push load-report notify-mail"
  COMPREPLY=()
  case $before in
    --config) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --status) mapfile -t COMPREPLY < <(compgen -W "E I any" -- "$word"); return ;;
    with) mapfile -t COMPREPLY < <(compgen -W "$stages" -- "$word"); return ;;
    resend) mapfile -t COMPREPLY < <(cd "${ALMA_PEOPLE_STATE:-/var/lib/alma-people}/runs" 2>/dev/null && compgen -d -- "$word"); return ;;
    --since | --until | --older-than) return ;;
  esac
  if [[ $given == *" with "* ]]; then
    # The arguments of a stage.
    compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return
  fi
  if [[ $word != -* ]]; then
    for command in $commands; do [[ $given != *" $command "* ]] || commands=""; done
    options=""
  fi
  mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$word")
}
complete -F _alma_people_feed alma-people-feed
