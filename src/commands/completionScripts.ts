// Each shell asks the program for the words that could stand at the cursor, a line each: the word, a tab, and what it means;
// `:files` leaves it to the shell. So there is one table of commands, and no script that is older than the program.

const BASH = `_kvs_emulator() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
      return
    fi
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _kvs_emulator kvs-emulator
`;

const ZSH = `#compdef kvs-emulator
_kvs_emulator() {
  local line
  local -a lines found
  lines=("\${(@f)$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ":files" ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'kvs-emulator' found
}
if [[ "\${funcstack[1]}" == "_kvs_emulator" ]]; then
  _kvs_emulator "$@"
else
  compdef _kvs_emulator kvs-emulator
fi
`;

const FISH = `function __kvs_emulator_words
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    if test (count $typed) -eq 0
        set typed ''
    end
    set -l found ($before[1] completion words -- $before[2..-1] $typed 2>/dev/null)
    if test "$found[1]" = ':files'
        complete -C "'' $typed"
    else
        string join \\n -- $found
    end
end
complete -c kvs-emulator -f -a '(__kvs_emulator_words)'
`;

export const completionScripts: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
