package dev.sparkling.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/** Tests that share one cluster, each of which finds what the one before it left: after a failure the rest is skipped. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(InOrder.FirstFailure.class)
@interface InOrder {
    /** Keeps the name of the test that failed; those after it would only fail for its reason. */
    final class FirstFailure implements TestWatcher, ExecutionCondition {
        private static final Namespace NAMESPACE = Namespace.create(FirstFailure.class);

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            context.getParent().ifPresent(tests -> tests.getStore(NAMESPACE).put("failed", context.getDisplayName()));
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String failed = context.getStore(NAMESPACE).get("failed", String.class);
            return failed == null
                    ? ConditionEvaluationResult.enabled("nothing has failed")
                    : ConditionEvaluationResult.disabled("it builds on " + failed + ", which failed");
        }
    }
}
