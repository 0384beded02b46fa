package io.stampede.spring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the calls of cached methods that their own bean makes on {@code this}: past the proxy, and so past the cache. Reads
 * the byte code of the bean's class and of what it extends; classes that can't be read are passed over. Calls from inner
 * classes are not found.
 */
final class SelfCalls {

    private static final int SKIPPED = Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE | Opcodes.ACC_ABSTRACT;

    private final Class<?> beanClass;
    private final Map<String, CachedMethod> cached = new LinkedHashMap<>();
    private final Set<String> found = new LinkedHashSet<>();

    private SelfCalls(Class<?> beanClass) {
        this.beanClass = beanClass;
    }

    /** What is to be said of each of them, once. */
    static Set<String> warnings(List<CachedMethod> methods) {
        Map<Class<?>, SelfCalls> byClass = new LinkedHashMap<>();
        methods.forEach(method ->
                byClass.computeIfAbsent(method.beanClass(), SelfCalls::new).add(method));
        Set<String> warnings = new LinkedHashSet<>();
        byClass.values().forEach(calls -> warnings.addAll(calls.find()));
        return warnings;
    }

    private void add(CachedMethod method) {
        String name = method.method().getName();
        cached.put(signature(method.method()), method);
        for (Method other : ReflectionUtils.getAllDeclaredMethods(beanClass)) {
            // A generic class calls it by the erased types.
            if (other.isBridge()
                    && other.getName().equals(name)
                    && BridgeMethodResolver.findBridgedMethod(other).equals(method.method())) {
                cached.put(signature(other), method);
            }
        }
    }

    private static String signature(Method method) {
        return method.getName() + Type.getMethodDescriptor(method);
    }

    private Set<String> find() {
        for (Class<?> type = beanClass; type != null && type != Object.class; type = type.getSuperclass()) {
            read(type);
        }
        for (Class<?> type : ClassUtils.getAllInterfacesForClass(beanClass)) {
            read(type);
        }
        return found;
    }

    private void read(Class<?> type) {
        try (InputStream bytes = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
            if (bytes != null) {
                ClassNode node = new ClassNode();
                new ClassReader(bytes).accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
                for (MethodNode method : node.methods) {
                    if ((method.access & SKIPPED) == 0) {
                        search(type, node.name, method);
                    }
                }
            }
        } catch (IOException | AnalyzerException | RuntimeException e) {
            // It would have been a kindness; the application runs without.
        }
    }

    private void search(Class<?> type, String typeName, MethodNode method) throws AnalyzerException {
        Frame<SourceValue>[] frames = null;
        for (int i = 0; i < method.instructions.size(); i++) {
            Call call = call(method.instructions.get(i));
            if (call != null) {
                frames = frames == null ? new Analyzer<>(new SourceInterpreter()).analyze(typeName, method) : frames;
                if (isOnThis(frames[i], call.depth())) {
                    found.add(warning(type, method, call.method()));
                }
            }
        }
    }

    /**
     * An instruction that may call a cached method of this bean.
     *
     * @param method the cached method
     * @param depth how far below the top of the stack the object is on which it is called
     */
    private record Call(CachedMethod method, int depth) {}

    private @Nullable Call call(AbstractInsnNode instruction) {
        if (instruction instanceof MethodInsnNode invoke
                && (invoke.getOpcode() == Opcodes.INVOKEVIRTUAL || invoke.getOpcode() == Opcodes.INVOKEINTERFACE)) {
            CachedMethod method = cached.get(invoke.name + invoke.desc);
            return method == null ? null : new Call(method, Type.getArgumentCount(invoke.desc));
        }
        return instruction instanceof InvokeDynamicInsnNode reference ? reference(reference) : null;
    }

    /** {@code this::find}: the object is what the reference captures. */
    private @Nullable Call reference(InvokeDynamicInsnNode reference) {
        int captured = Type.getArgumentCount(reference.desc);
        for (Object argument : reference.bsmArgs) {
            if (captured == 1 && argument instanceof Handle handle && isVirtual(handle)) {
                CachedMethod method = cached.get(handle.getName() + handle.getDesc());
                if (method != null) {
                    return new Call(method, 0);
                }
            }
        }
        return null;
    }

    private static boolean isVirtual(Handle handle) {
        return handle.getTag() == Opcodes.H_INVOKEVIRTUAL || handle.getTag() == Opcodes.H_INVOKEINTERFACE;
    }

    private static boolean isOnThis(@Nullable Frame<SourceValue> frame, int depth) {
        if (frame == null) { // code that is never reached
            return false;
        }
        Set<AbstractInsnNode> sources = frame.getStack(frame.getStackSize() - 1 - depth).insns;
        return sources.size() == 1
                && sources.iterator().next() instanceof VarInsnNode load
                && load.getOpcode() == Opcodes.ALOAD
                && load.var == 0;
    }

    private static String warning(Class<?> type, MethodNode caller, CachedMethod called) {
        return type.getName() + "." + written(caller.name) + " calls " + called
                + " on its own object, past the proxy that caches it: this call does nothing with the cache. Move one of"
                + " the two to another bean, or inject the bean into itself and call it by that";
    }

    /** The body of a lambda expression is a method too, named after the one in which it is written. */
    private static String written(String name) {
        String prefix = "lambda$";
        int end = name.lastIndexOf('$');
        return name.startsWith(prefix) && end >= prefix.length() ? name.substring(prefix.length(), end) : name;
    }
}
