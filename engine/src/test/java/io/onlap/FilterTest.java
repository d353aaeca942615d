package io.onlap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FilterTest {
    private static final ArrowType SINGLE = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    private static final TableSchema SCHEMA = TableSchema.of(new Schema(List.of(
            Field.nullable("text", ArrowType.Utf8.INSTANCE),
            Field.nullable("number", new ArrowType.Int(64, true)),
            Field.nullable("small", new ArrowType.Int(16, true)),
            Field.nullable("wide", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
            Field.nullable("narrow", SINGLE),
            Field.nullable("flag", ArrowType.Bool.INSTANCE),
            Field.nullable("raw", ArrowType.Binary.INSTANCE),
            Field.nullable("day", new ArrowType.Date(DateUnit.DAY)),
            Field.nullable("ts", new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC")),
            new Field(
                    "vec",
                    FieldType.nullable(new ArrowType.FixedSizeList(2)),
                    List.of(Field.notNullable("item", SINGLE))))));
    private static final int[] ALL_COLUMNS =
            IntStream.range(0, SCHEMA.columns().size()).toArray();
    /** Row 5 of the batch is null in every column. */
    private static final int NULL_ROW = 5;

    private static final List<Filter.Comparison> COMPARISONS = List.of(Filter.Comparison.values());

    private BufferAllocator allocator;
    private VectorSchemaRoot root;

    @BeforeEach
    void fill() {
        allocator = new RootAllocator();
        root = VectorSchemaRoot.create(SCHEMA.arrow(), allocator);
        root.allocateNew();
        String[] texts = {"", "a", "ab", "\uFFFD", "\uD83D\uDE00"};
        double[] wides = {-0.0, 1.5, Double.NaN, Double.POSITIVE_INFINITY, -3};
        long[] times = {-1, 0, 1, 1_000, 1_001};
        for (int i = 0; i < 5; i++) {
            ((VarCharVector) root.getVector(0)).setSafe(i, texts[i].getBytes(StandardCharsets.UTF_8));
            ((BigIntVector) root.getVector(1)).setSafe(i, i == 4 ? Long.MIN_VALUE : i);
            ((SmallIntVector) root.getVector(2)).setSafe(i, -i);
            ((Float8Vector) root.getVector(3)).setSafe(i, wides[i]);
            ((Float4Vector) root.getVector(4)).setSafe(i, i / 10f);
            ((BitVector) root.getVector(5)).setSafe(i, i & 1);
            ((VarBinaryVector) root.getVector(6)).setSafe(i, new byte[] {(byte) (i * 60)});
            ((DateDayVector) root.getVector(7)).setSafe(i, i - 2);
            ((TimeStampMilliTZVector) root.getVector(8)).setSafe(i, times[i]);
            ((FixedSizeListVector) root.getVector(9)).setNotNull(i);
        }
        root.getFieldVectors().forEach(vector -> vector.setNull(NULL_ROW));
        root.setRowCount(6);
    }

    @AfterEach
    void close() {
        root.close();
        allocator.close();
    }

    private int[] select(Filter filter) {
        return select(filter, 0, 6);
    }

    private int[] select(Filter filter, int firstRow, int endRow) {
        int[] rows = new int[6];
        RowBatch batch = new RowBatch(root.getFieldVectors(), null, null, firstRow, endRow);
        int count = BoundFilter.of(filter, SCHEMA, ALL_COLUMNS).select(batch, rows);
        return Arrays.copyOf(rows, count);
    }

    private static int[] rows(int... rows) {
        return rows;
    }

    static Stream<Arguments> comparisons() {
        Instant between = Instant.ofEpochSecond(0, 500_000);
        return Stream.of(
                // unsigned UTF-8 bytes: U+FFFD (ef bf bd) before U+1F600 (f0 …), though its Java char is larger
                Arguments.of(Filter.greater("text", "\uFFFD"), rows(4)),
                Arguments.of(Filter.equal("text", ""), rows(0)),
                Arguments.of(Filter.less("text", "ab"), rows(0, 1)),
                Arguments.of(Filter.lessOrEqual("text", "ab"), rows(0, 1, 2)),
                Arguments.of(Filter.notEqual("text", "a"), rows(0, 2, 3, 4)),
                Arguments.of(Filter.less("number", 1), rows(0, 4)),
                Arguments.of(Filter.greaterOrEqual("number", 2L), rows(2, 3)),
                Arguments.of(Filter.equal("small", -3), rows(3)),
                Arguments.of(Filter.greater("small", 100_000L), rows()),
                Arguments.of(Filter.less("small", 100_000L), rows(0, 1, 2, 3, 4)),
                Arguments.of(Filter.equal("wide", 0), rows(0)),
                Arguments.of(Filter.notEqual("wide", 1.5), rows(0, 2, 3, 4)),
                Arguments.of(Filter.greaterOrEqual("wide", Double.NEGATIVE_INFINITY), rows(0, 1, 3, 4)),
                Arguments.of(Filter.equal("wide", Double.NaN), rows()),
                Arguments.of(Filter.equal("narrow", 0.1), rows(1)),
                Arguments.of(Filter.equal("flag", true), rows(1, 3)),
                Arguments.of(Filter.notEqual("flag", true), rows(0, 2, 4)),
                Arguments.of(Filter.greater("raw", new byte[] {120}), rows(3, 4)),
                Arguments.of(Filter.equal("raw", "PA=="), rows(1)),
                Arguments.of(Filter.less("day", LocalDate.of(1970, 1, 1)), rows(0, 1)),
                Arguments.of(Filter.greater("day", "1970-01-01"), rows(3, 4)),
                Arguments.of(Filter.equal("ts", Instant.EPOCH), rows(1)),
                Arguments.of(Filter.equal("ts", "1970-01-01T01:00:01+01:00"), rows(3)),
                Arguments.of(Filter.less("ts", between), rows(0, 1)),
                Arguments.of(Filter.lessOrEqual("ts", between), rows(0, 1)),
                Arguments.of(Filter.greater("ts", between), rows(2, 3, 4)),
                Arguments.of(Filter.greaterOrEqual("ts", between), rows(2, 3, 4)),
                Arguments.of(Filter.greater("ts", Instant.ofEpochMilli(Long.MIN_VALUE)), rows(0, 1, 2, 3, 4)),
                Arguments.of(Filter.equal("ts", between), rows()),
                Arguments.of(Filter.notEqual("ts", between), rows(0, 1, 2, 3, 4)),
                Arguments.of(Filter.isNull("vec"), rows(5)),
                Arguments.of(Filter.isNotNull("text"), rows(0, 1, 2, 3, 4)));
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void shouldSelectWhenComparedWithLiteral(Filter filter, int[] expected) {
        assertArrayEquals(expected, select(filter));
    }

    @Test
    void shouldStayUnknownWhenNullIsNegated() {
        Filter unknown = Filter.equal("number", 1);
        assertArrayEquals(rows(0, 2, 3, 4), select(Filter.not(unknown)));
        // unknown or true is true, unknown and false is false, whose negation is true
        assertArrayEquals(rows(1, 5), select(Filter.or(unknown, Filter.isNull("text"))));
        assertArrayEquals(
                rows(0, 1, 2, 3, 4, 5),
                select(Filter.not(Filter.and(unknown, Filter.isNull("text"), Filter.isNotNull("text")))));
        assertArrayEquals(rows(), select(Filter.not(Filter.or(unknown, Filter.not(unknown)))));
    }

    @Test
    void shouldGiveAllOrNoneWhenCombinationIsEmpty() {
        assertEquals(6, select(Filter.and()).length);
        assertEquals(0, select(Filter.or()).length);
    }

    @Test
    void shouldGiveIndexesOfVectorsWhenBatchIsWindow() {
        assertArrayEquals(rows(2, 3), select(Filter.greaterOrEqual("number", 1), 2, 5));
        assertArrayEquals(rows(5), select(Filter.isNull("number"), 5, 6));
        assertArrayEquals(rows(3), select(Filter.equal("flag", true), 2, 4));
    }

    @Test
    void shouldFindColumnWhenBatchHasFewer() {
        int[] rows = new int[6];
        RowBatch batch = new RowBatch(List.<FieldVector>of(root.getVector(8), root.getVector(1)), null, null, 0, 6);
        Filter filter = Filter.and(Filter.equal("number", 3), Filter.greater("ts", Instant.EPOCH));
        assertEquals(List.of("number", "ts"), List.copyOf(filter.columns()));
        assertEquals(1, BoundFilter.of(filter, SCHEMA, new int[] {8, 1}).select(batch, rows));
        assertEquals(3, rows[0]);
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(Filter.equal("none", 1), "unknown column: column=none"),
                Arguments.of(Filter.equal("number", 1.0), "column=number, type=int64, literal=1.0, literalType=Double"),
                Arguments.of(Filter.equal("number", "1"), "column=number"),
                Arguments.of(Filter.equal("text", 1), "column=text"),
                Arguments.of(Filter.equal("flag", 1), "column=flag"),
                Arguments.of(Filter.less("flag", true), "bool has no order: column=flag"),
                Arguments.of(Filter.equal("raw", "*"), "column=raw"),
                Arguments.of(Filter.equal("day", "soon"), "column=day"),
                Arguments.of(Filter.equal("ts", "2023-01-01"), "column=ts"),
                Arguments.of(Filter.equal("ts", Instant.MAX), "column=ts"),
                Arguments.of(Filter.equal("vec", 1), "column=vec"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void shouldRefuseWhenLiteralDoesNotFit(Filter filter, String message) {
        StorageException e = assertThrows(StorageException.class, () -> BoundFilter.of(filter, SCHEMA, ALL_COLUMNS));
        assertEquals(StorageException.Kind.INVALID, e.kind());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void shouldRefuseWhenNestedTooDeep() {
        Filter filter = Filter.isNull("text");
        for (int i = 0; i <= Filter.DEPTH_MAX; i++) {
            filter = Filter.not(filter);
        }
        Filter deep = filter;
        assertThrows(StorageException.class, () -> BoundFilter.of(deep, SCHEMA, ALL_COLUMNS));
        assertThrows(StorageException.class, () -> Filter.equal("text", null));
    }

    /** Random trees against three-valued logic spelled out with Boolean and null. */
    @Test
    void shouldAgreeWithModelWhenTreeIsRandom() {
        long seed = System.nanoTime();
        System.out.println("FilterTest seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            Filter filter = tree(random, 4);
            int[] expected = IntStream.range(0, 6)
                    .filter(row -> Boolean.TRUE.equals(model(filter, row)))
                    .toArray();
            assertArrayEquals(expected, select(filter), "seed=" + seed + ", filter=" + filter);
        }
    }

    private static Filter tree(SplittableRandom random, int depth) {
        int choice = random.nextInt(depth == 0 ? 2 : 5);
        return switch (choice) {
            case 0 -> new Filter.Compare(
                    "number", COMPARISONS.get(random.nextInt(COMPARISONS.size())), (long) random.nextInt(-1, 5));
            case 1 -> Filter.isNull("number");
            case 2 -> Filter.not(tree(random, depth - 1));
            case 3 -> Filter.and(tree(random, depth - 1), tree(random, depth - 1));
            default -> Filter.or(tree(random, depth - 1), tree(random, depth - 1), tree(random, depth - 1));
        };
    }

    private Boolean model(Filter filter, int row) {
        if (filter instanceof Filter.Compare compare) {
            if (row == NULL_ROW) {
                return null;
            }
            int sign = Long.compare(((BigIntVector) root.getVector(1)).get(row), (Long) compare.literal());
            return switch (compare.comparison()) {
                case EQUAL -> sign == 0;
                case NOT_EQUAL -> sign != 0;
                case LESS -> sign < 0;
                case LESS_OR_EQUAL -> sign <= 0;
                case GREATER -> sign > 0;
                case GREATER_OR_EQUAL -> sign >= 0;
            };
        } else if (filter instanceof Filter.IsNull) {
            return row == NULL_ROW;
        } else if (filter instanceof Filter.Not not) {
            Boolean part = model(not.part(), row);
            return part == null ? null : (Boolean) !part;
        }
        boolean and = filter instanceof Filter.And;
        List<Filter> parts = and ? ((Filter.And) filter).parts() : ((Filter.Or) filter).parts();
        Boolean result = and;
        for (Filter part : parts) {
            Boolean truth = model(part, row);
            if (truth != null && truth != and) {
                return truth;
            }
            result = truth == null ? null : result;
        }
        return result;
    }
}
