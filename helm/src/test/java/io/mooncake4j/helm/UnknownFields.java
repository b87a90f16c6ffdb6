package io.mooncake4j.helm;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Fields that Kubernetes would not know: the model keeps them apart, at whatever depth. */
final class UnknownFields {
    private final List<String> found = new ArrayList<>();

    private UnknownFields() {}

    /** Their paths. */
    static List<String> of(Object resource) {
        UnknownFields unknown = new UnknownFields();
        unknown.walk("", resource);
        return unknown.found;
    }

    private void walk(String path, Object value) {
        if (value instanceof Collection<?> many) {
            many.forEach(each -> walk(path + "[]", each));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> walk(path + "." + name, each));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            walkModel(path, value);
        }
    }

    private void walkModel(String path, Object model) {
        for (Method method : model.getClass().getMethods()) {
            if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                continue;
            }
            if (method.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) call(method, model)).keySet().forEach(name -> found.add(path + "." + name));
            } else if (!method.getName().equals("getClass")) {
                walk(path + "." + method.getName().substring("get".length()), call(method, model));
            }
        }
    }

    private static Object call(Method method, Object model) {
        try {
            return method.invoke(model);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
