/** What each shell reads once: it asks the program itself for the words that fit, so it never goes out of date. */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# wallet completion for bash. In ~/.bashrc:
#   source <(wallet completion bash)
_wallet() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    [[ -n $line ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done < <("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _wallet wallet
`,
  zsh: `#compdef wallet
# wallet completion for zsh. In ~/.zshrc, after compinit:
#   source <(wallet completion zsh)
_wallet() {
  local line
  local -a items
  for line in "\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#items )); then _describe wallet items; else _files; fi
}
if [[ $funcstack[1] == _wallet ]]; then _wallet; else compdef _wallet wallet; fi
`,
  fish: `# wallet completion for fish. Once:
#   wallet completion fish > ~/.config/fish/completions/wallet.fish
function __wallet_words
  set -l words (commandline -opc) (commandline -ct)
  $words[1] completion fish -- $words[2..-1] 2>/dev/null
end
complete -c wallet -a '(__wallet_words)'
`,
};
