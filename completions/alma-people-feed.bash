# bash completion for alma-people-feed(8)
_alma_people_feed() {
  local commands="run status history explain report loads check waive"
  local options="--config --status --since --until --dry-run --ndjson --xml --force --help --version"
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} given=" ${COMP_WORDS[*]:1:COMP_CWORD-1} " command
  COMPREPLY=()
  case $before in
    --config) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --status) mapfile -t COMPREPLY < <(compgen -W "E I any" -- "$word"); return ;;
    --since | --until) return ;;
  esac
  if [[ $word != -* ]]; then
    for command in $commands; do [[ $given != *" $command "* ]] || commands=""; done
    options=""
  fi
  mapfile -t COMPREPLY < <(compgen -W "$commands $options" -- "$word")
}
complete -F _alma_people_feed alma-people-feed
