{{/* What masters, nodes and the test have in common. */}}

{{- define "mooncake4j.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "mooncake4j.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Of a node: with erdma it has to lock memory. */}}
{{- define "mooncake4j.nodeLocksAsRoot" -}}
{{- if and .Values.erdma.enabled (eq .Values.erdma.lockMemoryBy "capability") }}yes{{ end -}}
{{- end -}}

{{- define "mooncake4j.nodePodSecurity" -}}
{{- if include "mooncake4j.nodeLocksAsRoot" . -}}
{{- /* Linux drops added capabilities at exec for every other user. This one has none but IPC_LOCK: files of others are closed to it. */ -}}
runAsUser: 0
runAsGroup: 0
seccompProfile:
  type: RuntimeDefault
{{- else -}}
{{ include "mooncake4j.podSecurity" . }}
{{- end -}}
{{- end -}}

{{- define "mooncake4j.nodeContainerSecurity" -}}
{{ include "mooncake4j.containerSecurity" . }}
{{- if include "mooncake4j.nodeLocksAsRoot" . }}
  add: [IPC_LOCK]
{{- end }}
{{- end -}}

{{/* First in each env: others refer to them. */}}
{{- define "mooncake4j.identity" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
{{- end -}}

{{/* A pod that is replaced comes back under a new address, and Java keeps what it looked up for 30 s. */}}
{{- define "mooncake4j.javaOpts" -}}
{{- printf "-Dsun.net.inetaddr.ttl=5 -Dsun.net.inetaddr.negative.ttl=1 %s" . | trim -}}
{{- end -}}

{{/* Argument: dict "port" NAME "startup" SECONDS */}}
{{- define "mooncake4j.probes" -}}
startupProbe:
  httpGet:
    path: /health
    port: {{ .port }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ div (add (int .startup) 4) 5 }}
{{- /* Alone whether it works, never whether etcd does: a restart can't mend that, and would cost what is in memory. */}}
livenessProbe:
  httpGet:
    path: /health
    port: {{ .port }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- /* A master: leads, or could take over. A node: the leader has taken its memory. */}}
readinessProbe:
  httpGet:
    path: /ready
    port: {{ .port }}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}
