{{/* Of a node and of the doctor before it. */}}
{{- define "mooncake4j.nodeEnv" -}}
{{- $v := .Values -}}
{{ include "mooncake4j.identity" . }}
- name: MOONCAKE4J_CONFIG
  value: /etc/mooncake4j/node.yaml
# Names the segment and its file. The host's, where the memory is the host's: the next pod there finds it again.
- name: MOONCAKE4J_NAME
  value: {{ ternary "$(NODE_NAME)" "$(POD_NAME)" (eq $v.node.memory.volume "hostPath") }}
- name: MOONCAKE4J_HOST
  value: $(POD_IP)
- name: MOONCAKE4J_HEAP
  value: {{ $v.node.heap }}
- name: MOONCAKE4J_JAVA_OPTS
  value: {{ include "mooncake4j.javaOpts" $v.node.javaOpts | quote }}
{{- if $v.erdma.enabled }}
- name: MC_GID_INDEX
  value: {{ $v.erdma.gidIndex | toString | quote }}
- name: MC_ERDMA_COMPAT_MODE
  value: {{ $v.erdma.compatMode | quote }}
{{- end }}
{{- with $v.node.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "mooncake4j.nodeMounts" -}}
- name: config
  mountPath: /etc/mooncake4j/node.yaml
  subPath: node.yaml
  readOnly: true
- name: tmp
  mountPath: /tmp
- name: memory
  mountPath: {{ .memory }}
{{- end -}}
