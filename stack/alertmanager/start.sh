#!/bin/sh
# Turns alertmanager.yml into the one that runs: without the channels that lack something, with variables put in; then starts Alertmanager with it.
# Alertmanager itself puts in no variables, and a receiver without its secret would fail at each alert. Needs only sh and awk, as the image has them.
# What it reads, it reads at the start: after a change in secrets/ start Alertmanager again.
set -eu

config='' storage=''
for argument do
  case $argument in
    --config.file=*) config=${argument#*=} ;;
    --storage.path=*) storage=${argument#*=} ;;
  esac
done
if [ -z "$config" ] || [ -z "$storage" ]; then
  echo 'start.sh: give it --config.file=... and --storage.path=..., as for alertmanager; it writes what runs to a folder in the second.' >&2
  exit 2
fi

# Where links in messages lead, and what else has a default. RUNBOOKS_URL is put before docs/runbooks/....md: the address of your copy of the repository.
export GRAFANA_URL="${GRAFANA_URL:-http://localhost:3000}"
export RUNBOOKS_URL="${RUNBOOKS_URL:-}"
export ALERT_SMTP_PORT="${ALERT_SMTP_PORT:-587}"
export ALERT_EMAIL_FROM="${ALERT_EMAIL_FROM:-${ALERT_SMTP_USER:-}}"
export ALERT_WHATSAPP_TEMPLATE="${ALERT_WHATSAPP_TEMPLATE:-alert}"

directory=$(cd "$(dirname "$config")" && pwd)
rendered=$storage/config
rm -rf "$rendered"
mkdir -p "$rendered/templates"

# ${NAME} -> the value of NAME; within YAML it stands in single quotes.
put_variables='
  function put(text, quoted,    value, name) {
    value = ""
    while (match(text, /[$][{][A-Z_]+[}]/)) {
      name = ENVIRON[substr(text, RSTART + 2, RLENGTH - 3)]
      if (quoted) gsub(/\047/, "\047\047", name)
      value = value substr(text, 1, RSTART - 1) name
      text = substr(text, RSTART + RLENGTH)
    }
    return value text
  }'

for template in "$directory"/templates/*.tmpl; do
  awk "$put_variables"'{ print put($0, 0) }' "$template" > "$rendered/templates/${template##*/}"
done

awk -v directory="$directory" "$put_variables"'
  # What a channel lacks: files that are absent or empty, variables that are unset.
  function lacking(line,    words, count, i, at, list, first) {
    count = split(line, words, " "); at = 0; list = ""
    for (i = 1; i <= count; i++) {
      if (words[i] == "needs") { at = i; continue }
      if (at == 0) continue
      if (words[i] ~ /^secrets\//) {
        first = ""
        if ((getline first < (directory "/" words[i])) > 0 && first != "") { close(directory "/" words[i]); continue }
        close(directory "/" words[i])
      } else if (ENVIRON[words[i]] != "") continue
      list = list (list == "" ? "" : ", ") words[i]
    }
    return list
  }
  BEGIN { on = 1 }
  /^ *# channel: / {
    name = $3; missing = lacking($0); on = missing == ""
    if (!(name in seen)) {
      seen[name] = 1
      if (on) channels = channels (channels == "" ? "" : ", ") name
      else off = off "\n  " name " is off: " missing " missing or empty"
    }
  }
  on && !/^ *#/ { gsub(/secrets\//, directory "/secrets/"); print put($0, 1) }
  /^ *# end$/ { on = 1 }
  END {
    print "start.sh: " (channels == "" ? "nobody is notified, alerts show at port 9093 only" : "notifies by " channels) off \
      (off == "" ? "" : "\n  stack/alertmanager/secrets/README.md tells what to put where") > "/dev/stderr"
  }
' "$config" > "$rendered/alertmanager.yml"

for argument do
  shift
  case $argument in --config.file=*) argument=--config.file=$rendered/alertmanager.yml ;; esac
  set -- "$@" "$argument"
done
exec alertmanager "$@"
