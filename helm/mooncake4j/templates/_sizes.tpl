{{/* Sizes: ours (4GB, 512m, of 1024) and Kubernetes' (4Gi, 4G) as bytes. */}}
{{- define "mooncake4j.bytes" -}}
{{- $text := toString . -}}
{{- $number := regexFind "^[0-9]+" $text | int64 -}}
{{- $unit := regexReplaceAll "^[0-9]+" $text "" -}}
{{- $kubernetes := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $ours := dict "MB" 1048576 "GB" 1073741824 "TB" 1099511627776 "m" 1048576 "g" 1073741824 -}}
{{- if hasKey $kubernetes $unit -}}
{{- printf "%d" (mul $number (get $kubernetes $unit | int64)) -}}
{{- else if hasKey $ours $unit -}}
{{- printf "%d" (mul $number (get $ours $unit | int64)) -}}
{{- else -}}
{{- fail (printf "'%s' is no size that this chart reads: write whole numbers, such as 4GB for our settings and 6Gi for Kubernetes' resources" $text) -}}
{{- end -}}
{{- end -}}

{{/* Beside heap and segment: threads, code, buffers of the network. */}}
{{- define "mooncake4j.masterBytes" -}}
{{- add (include "mooncake4j.bytes" .Values.master.heap | int64) 805306368 -}}
{{- end -}}

{{- define "mooncake4j.nodeBytes" -}}
{{- $beside := add (include "mooncake4j.bytes" .Values.node.heap | int64) 536870912 -}}
{{- if .Values.node.memory.hugePages -}}
{{- $beside -}}
{{- else -}}
{{- add $beside (include "mooncake4j.bytes" .Values.node.segmentSize | int64) -}}
{{- end -}}
{{- end -}}

{{/* Whole pages, and one for the header. */}}
{{- define "mooncake4j.hugeBytes" -}}
{{- $page := include "mooncake4j.bytes" .Values.node.memory.hugePages | int64 -}}
{{- $segment := include "mooncake4j.bytes" .Values.node.segmentSize | int64 -}}
{{- mul $page (add 1 (div (add $segment (sub $page 1)) $page)) -}}
{{- end -}}

{{/*
Requests and limits of a container whose memory limit must hold so many bytes: what isn't set is set to that.
Arguments: dict "given" RESOURCES "bytes" BYTES "what" NAME, and "extra" LIMITS that are requests, too
*/}}
{{- define "mooncake4j.resources" -}}
{{- $needed := int64 .bytes -}}
{{- $memory := printf "%dMi" (div (add $needed 1048575) 1048576) -}}
{{- $limits := deepCopy (default dict .given.limits) -}}
{{- $requests := deepCopy (default dict .given.requests) -}}
{{- if hasKey $limits "memory" -}}
{{- if lt (include "mooncake4j.bytes" $limits.memory | int64) $needed -}}
{{- fail (printf "%s.resources.limits.memory is %s, but at least %s is needed, or the kernel kills it: raise it, or lower heap or segmentSize" .what (toString $limits.memory) $memory) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $limits "memory" $memory -}}
{{- end -}}
{{- if not (hasKey $requests "memory") -}}
{{- $_ := set $requests "memory" $limits.memory -}}
{{- end -}}
{{- range $name, $quantity := default dict .extra -}}
{{- $_ := set $limits $name $quantity -}}
{{- $_ := set $requests $name $quantity -}}
{{- end -}}
requests:
  {{- toYaml $requests | nindent 2 }}
limits:
  {{- toYaml $limits | nindent 2 }}
{{- end -}}
