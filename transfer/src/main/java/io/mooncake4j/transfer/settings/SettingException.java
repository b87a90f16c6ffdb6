package io.mooncake4j.transfer.settings;

/** A setting's text can't be used; the message names where it was given and what would be right. */
public class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SettingException(String message) {
        super(message);
    }
}
